-- With what each image was made, as far as its backend decided it, and by which workflow.
alter table images
  add column parameters jsonb,
  add column workflow_hash text;
