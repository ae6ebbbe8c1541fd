alter table cards drop column posts;
