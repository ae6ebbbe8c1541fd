-- What came with a batch and was left out, and what else its card says of it.
alter table batches add column notes jsonb not null default '[]';

-- Closed updates that the answers of a form refer to; the rest has no payload.
create index updates_kept on updates (closed_at) where closed_at is not null and payload is not null;
