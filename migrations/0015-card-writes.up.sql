-- A card is written several times for each task: what each write costs counts.
-- A card is looked up by its message, as a reply names it; an index of all words of each address was
-- written anew with every state.
drop index cards_address;
create index cards_message on cards ((address ->> 'messageId'));
alter table cards set (fillfactor = 50);
-- An index may name this without making every new version a change of the index.
alter table cards add column is_due boolean not null generated always as (
  rendered_version < version and undeliverable_reason is null) stored;
drop index cards_due;
create index cards_due on cards (platform) where is_due;
