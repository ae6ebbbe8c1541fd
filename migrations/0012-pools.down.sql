drop table backend_reports;
drop trigger tasks_count_transferred on tasks;
drop function count_transferred_task();
update tasks set seed = 0 where seed is null;
alter table tasks alter column seed set not null;
alter table tasks drop column notes;
