-- Further messages with images of a card's batch, by their id: images, state, message ids, beginning.
-- What is written here goes before what is sent, so that no image is posted twice.
alter table cards add column posts jsonb not null default '{}';
