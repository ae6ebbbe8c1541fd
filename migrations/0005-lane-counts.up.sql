-- How many tasks wait in each lane, kept by the database itself: positions, caps and admission read
-- lanes and never count tasks (docs/decisions/0005-lanes-count-by-trigger.md).
alter table lanes add column waiting integer not null default 0;
-- An index may name this without making every change of the count a change of the index.
alter table lanes add column is_waiting boolean not null generated always as (waiting > 0) stored;
alter table lanes set (fillfactor = 50);
create index lanes_waiting on lanes (pool) where is_waiting;
create index lanes_user on lanes (user_id);

create function lane_gains(lane_pool text, lane_user text, gained integer) returns void
language sql as $$
  insert into lanes (pool, user_id, virtual_time, waiting)
  values (
    lane_pool, lane_user, coalesce((select virtual_time from pools where name = lane_pool), 0), gained
  )
  on conflict (pool, user_id) do update set
    -- Who was idle takes their place at the pool's virtual time; who waits keeps theirs.
    virtual_time = case
      when lanes.waiting = 0 then greatest(lanes.virtual_time, excluded.virtual_time)
      else lanes.virtual_time
    end,
    waiting = lanes.waiting + excluded.waiting
$$;

create function count_new_tasks() returns trigger language plpgsql as $$
begin
  perform lane_gains(pool, user_id, waiting) from (
    select pool, user_id, count(*)::integer as waiting
    from added where state = 'pending' group by pool, user_id order by pool, user_id
  ) gains;
  return null;
end $$;

create function count_moved_task() returns trigger language plpgsql as $$
begin
  if new.state = 'pending' then
    perform lane_gains(new.pool, new.user_id, 1);
  else
    update lanes set waiting = waiting - 1 where pool = old.pool and user_id = old.user_id;
  end if;
  return null;
end $$;

create function count_deleted_task() returns trigger language plpgsql as $$
begin
  update lanes set waiting = waiting - 1 where pool = old.pool and user_id = old.user_id;
  return null;
end $$;

create trigger tasks_count_new after insert on tasks
  referencing new table as added for each statement execute function count_new_tasks();
create trigger tasks_count_moved after update of state on tasks
  for each row when ((old.state = 'pending') <> (new.state = 'pending'))
  execute function count_moved_task();
create trigger tasks_count_deleted after delete on tasks
  for each row when (old.state = 'pending') execute function count_deleted_task();

-- What waits already.
select lane_gains(pool, user_id, count(*)::integer)
from tasks where state = 'pending' group by pool, user_id;
