drop index updates_kept;
alter table batches drop column notes;
