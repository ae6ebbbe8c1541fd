drop index tasks_told;
drop index tasks_untold;
alter table tasks drop column pinned_instance;
alter table tasks drop constraint tasks_wait_reason_check;
update tasks set wait_reason = null where wait_reason = 'paused';
alter table tasks add constraint tasks_wait_reason_check
  check (wait_reason in ('retry', 'rate-limited', 'quota', 'unavailable'));
