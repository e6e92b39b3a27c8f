-- Facts, organisation, users, sessions, audit log. Instants are milliseconds since the Unix epoch.

create table facts (
  position bigint generated always as identity primary key,
  stream text not null check (stream ~ '^[a-z-]+:[A-Za-z0-9_-]{1,64}$'),
  seq integer not null check (seq >= 1),
  -- Tells a repeated delivery of one fact from two facts that claim one place.
  id text not null,
  type text not null,
  v integer not null,
  at bigint not null,
  data jsonb not null,
  unique (stream, seq)
);

create table fact_streams (
  stream text primary key,
  kind text not null,
  last_seq integer not null,
  closed boolean not null
);
create index fact_streams_open on fact_streams (kind) where not closed;

-- What a projection could not take in. The facts themselves are kept; a repaired projection can be run again over these.
create table projection_failures (
  projection text not null,
  stream text not null,
  seq integer not null,
  error text not null,
  primary key (projection, stream, seq)
);

create table organisation (
  only_one boolean primary key default true check (only_one),
  name text not null check (name <> ''),
  time_zone text not null,
  country text not null check (country ~ '^[A-Z]{2}$'),
  created_at bigint not null
);

create table users (
  id text primary key,
  name text not null check (name <> ''),
  email text not null,
  role text not null check (role in ('admin', 'manager', 'agent')),
  is_owner boolean not null default false,
  password_hash text not null,
  created_at bigint not null
);
create unique index users_email on users (lower(email));
create unique index users_one_owner on users (is_owner) where is_owner;

create table sessions (
  id text primary key,
  token_hash text not null unique,
  user_id text not null references users (id) on delete cascade,
  created_at bigint not null,
  last_used_at bigint not null
);
create index sessions_user on sessions (user_id);

create table audit_log (
  seq bigint primary key,
  at bigint not null,
  who text,
  what text not null,
  before jsonb,
  after jsonb
);
create index audit_log_at on audit_log (at);
