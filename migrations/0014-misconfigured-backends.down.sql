update backend_reports set state = 'away' where state = 'misconfigured';
alter table backend_reports drop constraint backend_reports_state_check;
alter table backend_reports add constraint backend_reports_state_check
  check (state in ('well', 'resting', 'away', 'exhausted'));
