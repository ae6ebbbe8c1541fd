-- The record: what was asked, what became of it, and what the chats have been shown.

create table users (
  id text primary key,
  platform text not null check (platform in ('discord', 'telegram')),
  platform_user_id text not null,
  name text not null,
  locale text not null,
  created_at timestamptz not null default now(),
  unique (platform, platform_user_id)
);

-- The inbox: written before a deferral is sent or an offset moves, closed with the batch it makes.
-- A closed row keeps its key (so that a repeat is known) and loses its payload (tokens, texts).
create table updates (
  platform text not null check (platform in ('discord', 'telegram')),
  key text not null,
  group_key text,
  payload jsonb,
  received_at timestamptz not null default now(),
  closed_at timestamptz,
  primary key (platform, key)
);
create index updates_open on updates (platform, received_at) where closed_at is null;
create index updates_group on updates (platform, group_key) where group_key is not null;

create table batches (
  id text primary key,
  user_id text not null references users (id),
  scope_id text not null,
  origin text not null,
  parent_batch_id text,
  prompt text not null,
  private boolean not null,
  update_platform text not null,
  update_key text not null,
  created_at timestamptz not null default now(),
  unique (update_platform, update_key)
);
create index batches_user on batches (user_id, created_at desc);

create table inputs (
  id text primary key,
  storage_key text not null,
  media_type text not null,
  width integer not null,
  height integer not null,
  byte_length integer not null,
  created_at timestamptz not null default now()
);

create table tasks (
  id text primary key,
  batch_id text not null references batches (id) on delete cascade,
  ordinal integer not null,
  -- Order within a lane; a retried task keeps its place at the front.
  sequence bigint generated always as identity,
  user_id text not null references users (id),
  pool text not null,
  state text not null default 'pending'
    check (state in ('pending', 'processing', 'completed', 'failed', 'cancelled')),
  request jsonb not null,
  seed bigint not null,
  model text,
  -- The fencing token: a worker's writes carry the run number that they were admitted with.
  run_number integer not null default 0,
  submissions integer not null default 0,
  retries integer not null default 0,
  available_at timestamptz,
  wait_reason text check (wait_reason in ('retry', 'rate-limited', 'quota', 'unavailable')),
  deadline_at timestamptz,
  cancel_requested_at timestamptz,
  failure_kind text,
  failure_text text,
  failure_billed text check (failure_billed in ('no', 'yes', 'unknown')),
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  unique (batch_id, ordinal)
);
create index tasks_waiting on tasks (pool, user_id, sequence) where state = 'pending';
create index tasks_available on tasks (available_at) where state = 'pending' and available_at is not null;
create index tasks_deadline on tasks (deadline_at) where state = 'pending' and deadline_at is not null;
create index tasks_user_open on tasks (user_id) where state in ('pending', 'processing');

create table task_inputs (
  task_id text not null references tasks (id) on delete cascade,
  input_id text not null references inputs (id),
  primary key (task_id, input_id)
);
create index task_inputs_input on task_inputs (input_id);

create table runs (
  task_id text not null references tasks (id) on delete cascade,
  number integer not null,
  pool text not null,
  user_id text not null,
  instance text not null,
  -- admitted: in the queue; started: a worker holds the lease; ended: over, whatever the outcome.
  state text not null default 'admitted' check (state in ('admitted', 'started', 'ended')),
  worker_id text,
  lease_until timestamptz,
  handle jsonb,
  submitted_at timestamptz,
  admitted_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  outcome text,
  primary key (task_id, number)
);
create index runs_open on runs (pool, user_id) where state <> 'ended';
create index runs_recent on runs (pool, ended_at desc) where outcome = 'completed';

create table images (
  id text primary key,
  task_id text not null references tasks (id) on delete cascade,
  run_number integer not null,
  index integer not null,
  storage_key text not null,
  media_type text not null,
  width integer not null,
  height integer not null,
  byte_length integer not null,
  seed bigint,
  created_at timestamptz not null default now(),
  unique (task_id, index)
);

-- The delivery queue: a card is due while rendered_version lags behind version.
create table cards (
  batch_id text primary key references batches (id) on delete cascade,
  platform text not null check (platform in ('discord', 'telegram')),
  address jsonb not null,
  version integer not null default 1,
  rendered_version integer not null default 0,
  attempts integer not null default 0,
  due_at timestamptz not null default now(),
  sending_since timestamptz,
  undeliverable_reason text,
  rendered_at timestamptz
);
create index cards_due on cards (platform, due_at)
  where rendered_version < version and undeliverable_reason is null;

create index cards_address on cards using gin (address jsonb_path_ops);

-- What one user has in one pool: the unit of fairness. virtual_time is the start tag of its head.
create table lanes (
  pool text not null,
  user_id text not null references users (id),
  virtual_time double precision not null,
  weight double precision not null default 1 check (weight > 0),
  primary key (pool, user_id)
);

-- The start tag of the task that was admitted last: new lanes join here.
create table pools (
  name text primary key,
  virtual_time double precision not null default 0
);

create table settings (
  scope_id text not null,
  key text not null,
  value jsonb not null,
  updated_at timestamptz not null default now(),
  updated_by text,
  primary key (scope_id, key)
);

create table audit (
  id bigint generated always as identity primary key,
  scope_id text not null,
  user_id text not null references users (id),
  action text not null,
  details jsonb not null,
  created_at timestamptz not null default now()
);

-- Exclusive duties of one process at a time, e.g. rendering a platform's cards.
create table leases (
  name text primary key,
  holder text not null,
  expires_at timestamptz not null
);
