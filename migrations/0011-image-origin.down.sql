alter table images
  drop column parameters,
  drop column workflow_hash;
