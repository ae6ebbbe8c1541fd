alter table cards reset (fillfactor);
drop index cards_due;
create index cards_due on cards (platform, due_at)
  where rendered_version < version and undeliverable_reason is null;
alter table cards drop column is_due;
drop index cards_message;
create index cards_address on cards using gin (address jsonb_path_ops);
