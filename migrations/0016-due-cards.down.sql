drop index cards_due;
create index cards_due on cards (platform) where is_due;
