-- A backend that refuses us until an operator mends its settings is neither away nor at rest.
alter table backend_reports drop constraint backend_reports_state_check;
alter table backend_reports add constraint backend_reports_state_check
  check (state in ('well', 'resting', 'away', 'exhausted', 'misconfigured'));
