-- Cards that are due later, some hundreds at times, are not read by those who look for what is due now.
drop index cards_due;
create index cards_due on cards (platform, due_at) where is_due;
