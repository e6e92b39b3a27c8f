-- Queues, the settings of routing, and calls with their summaries.

create table queues (
  id text primary key,
  name text not null check (length(name) between 1 and 100),
  display_name text not null check (length(display_name) between 1 and 100),
  is_default boolean not null default false,
  voice_enabled boolean not null default false,
  voice_only boolean not null default false,
  created_at bigint not null,
  -- QUE-5: calls in the default queue cannot be answered from it
  check (not (is_default and voice_enabled)),
  check (voice_enabled or not voice_only)
);
create unique index queues_name on queues (lower(name));
create unique index queues_one_default on queues (is_default) where is_default;

-- QUE-4. One row at most; without it the defaults hold.
create table routing_settings (
  only_row boolean primary key default true check (only_row),
  unanswered_timeout_ms integer not null default 120000 check (unanswered_timeout_ms between 30000 and 300000)
);

-- One row for each call, written by the projection of its facts in the transaction that stores them.
create table calls (
  id text primary key,
  direction text not null check (direction in ('inbound', 'outbound')),
  state text not null check (state in ('live', 'ended')),
  outcome text check (outcome in ('answered', 'missed', 'abandoned-in-ivr', 'abandoned-in-queue', 'voicemail', 'failed', 'interrupted')),
  support_number text not null,
  customer_number text,
  customer_id text,
  conversation_id text,
  queue_id text,
  agent_id text,
  started_at bigint not null,
  ended_at bigint,
  -- the summary that the timeline shows, and what is needed to go on with it
  fold jsonb not null,
  check ((state = 'ended') = (outcome is not null)),
  check ((state = 'ended') = (ended_at is not null))
);
create index calls_by_customer on calls (customer_id, started_at desc);
create index calls_by_conversation on calls (conversation_id);
create index calls_by_start on calls (started_at desc);
create index calls_live on calls (id) where state = 'live';
