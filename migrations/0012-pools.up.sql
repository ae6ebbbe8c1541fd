-- Where what runs is not quite what was asked for, e.g. an aspect rounded: told on the card.
alter table tasks add column notes jsonb not null default '[]';
-- None where the service draws from seeds of its own.
alter table tasks alter column seed drop not null;

-- A waiting task may move to another pool while its own has nobody who can take it.
create function count_transferred_task() returns trigger language plpgsql as $$
begin
  update lanes set waiting = waiting - 1 where pool = old.pool and user_id = old.user_id;
  perform lane_gains(new.pool, new.user_id, 1);
  return null;
end $$;
create trigger tasks_count_transferred after update of pool on tasks
  for each row when (old.pool <> new.pool and old.state = 'pending' and new.state = 'pending')
  execute function count_transferred_task();

-- How the worker processes found their backends last. Told to operators, and decides nothing.
create table backend_reports (
  name text primary key,
  state text not null check (state in ('well', 'resting', 'away', 'exhausted')),
  until timestamptz,
  error text,
  error_at timestamptz,
  reported_at timestamptz not null default now()
);
