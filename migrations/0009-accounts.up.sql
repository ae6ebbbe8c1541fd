-- A person with two accounts: the row of the second points to the first, and all they have stands
-- under that one (docs/decisions/0015-one-history-for-two-accounts.md).
alter table users
  add column account_id text references users (id),
  -- The language of one's own choice; else the platform's.
  add column language text;
create index users_account on users (account_id) where account_id is not null;

-- Codes that join two accounts. Only their hashes: who reads the record can use none of them.
create table link_codes (
  user_id text primary key references users (id),
  code_hash text not null unique,
  expires_at timestamptz not null
);

-- Wrong codes that somebody entered since a while.
create table link_guesses (
  user_id text primary key references users (id),
  failures integer not null,
  since timestamptz not null default now()
);

-- Its owner had everything of it removed: what is left is what its card needs to say so.
alter table batches add column erased_at timestamptz;
