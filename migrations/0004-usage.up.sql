-- Images asked for on one day (UTC), by `user:<id>` and by `scope:<id>`, for quotas.
create table usage (
  day date not null,
  subject text not null,
  images integer not null,
  primary key (day, subject)
);

-- The day that a task's images count for; none once they were given back, or where nothing is limited.
alter table tasks add column charged_on date;
