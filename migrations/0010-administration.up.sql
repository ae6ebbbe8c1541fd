-- Who may not have anything made: in one server or chat, or, with the scope `global`, anywhere.
create table blocks (
  scope_id text not null,
  user_id text not null references users (id) on delete cascade,
  blocked_by text references users (id) on delete set null,
  created_at timestamptz not null default now(),
  primary key (scope_id, user_id)
);
create index blocks_user on blocks (user_id);

-- The name that a platform lets others address somebody by, such as `@ann`; it may change owners.
alter table users add column handle text;
create index users_handle on users (platform, lower(handle)) where handle is not null;

-- What administrators look through.
create index audit_scope on audit (scope_id, id desc);
create index batches_scope on batches (scope_id, created_at desc);
create index batches_created on batches (created_at);

-- A record that says that its file is gone, or will be as soon as somebody gets to it.
alter table images add column removed_at timestamptz;
alter table inputs add column removed_at timestamptz;
create index images_kept on images (created_at) where removed_at is null;
create index inputs_kept on inputs (created_at) where removed_at is null;

-- Files that no record needs any more. A row goes once its file is gone.
create table discarded_files (
  storage_key text primary key,
  created_at timestamptz not null default now()
);

create index updates_closed on updates (closed_at) where closed_at is not null;

-- Quotas are limits like the others, which administrators set from chat.
update settings set key = 'limits.userImagesPerDay' where key = 'quota.user.day';
update settings set key = 'limits.scopeImagesPerDay' where key = 'quota.scope.day';
