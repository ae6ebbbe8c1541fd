-- What a waiting task may wait for: a paused pool too.
alter table tasks drop constraint tasks_wait_reason_check;
alter table tasks add constraint tasks_wait_reason_check
  check (wait_reason in ('retry', 'rate-limited', 'quota', 'unavailable', 'paused'));

-- The one instance that may have the task: it holds a paid run that is to be resumed there.
alter table tasks add column pinned_instance text;

-- Who is to be told of a pool that can't take anything, and who has been.
create index tasks_untold on tasks (pool, sequence) where state = 'pending' and wait_reason is null;
create index tasks_told on tasks (pool) where state = 'pending' and wait_reason is not null;
