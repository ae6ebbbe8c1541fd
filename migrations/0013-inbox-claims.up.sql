-- Whoever takes an update down has it in hand, and says so again while it is at work. What nobody
-- claims any more is taken up by any process of its platform.
alter table updates
  add column claimed_until timestamptz not null default now() + interval '3 seconds',
  -- How often it was taken up after it was left.
  add column takeovers integer not null default 0;
