-- Teams and statuses, customers and conversations, numbers, handsets, recordings. Instants are milliseconds since the
-- Unix epoch, spans milliseconds, phone numbers E.164.

create table teams (
  id text primary key,
  name text not null unique check (name <> ''),
  display_name text not null check (display_name <> ''),
  routing_enabled boolean not null default false,
  created_at bigint not null
);

create table team_members (
  team_id text not null references teams (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  primary key (team_id, user_id)
);
create index team_members_user on team_members (user_id);

-- The queue's foreign key comes with the table of queues.
create table team_queues (
  team_id text not null references teams (id) on delete cascade,
  queue_id text not null,
  primary key (team_id, queue_id)
);
create index team_queues_queue on team_queues (queue_id);

-- One row per change; the last one of an agent is the status now (STAT-6).
create table agent_status_history (
  user_id text not null references users (id) on delete cascade,
  seq integer not null check (seq >= 1),
  status text not null check (status in ('available', 'busy', 'unavailable')),
  cause text not null,
  at bigint not null,
  primary key (user_id, seq)
);
create index agent_status_history_at on agent_status_history (at);

create table customers (
  id text primary key,
  name text check (name <> ''),
  emails text[] not null default '{}',
  language text,
  vip boolean not null default false,
  tags text[] not null default '{}',
  created_at bigint not null,
  last_activity_at bigint not null
);
create index customers_activity on customers (last_activity_at desc, id desc);

-- A number belongs to one customer. Digits alone are kept for searches by any part of the number.
create table customer_numbers (
  number text primary key check (number ~ '^\+[1-9][0-9]{1,14}$'),
  customer_id text not null references customers (id) on delete cascade,
  digits text generated always as (substr(number, 2)) stored,
  position integer not null default 0
);
create index customer_numbers_customer on customer_numbers (customer_id);

create table conversations (
  id text primary key,
  customer_id text not null references customers (id) on delete cascade,
  channel text not null check (channel in ('voice', 'sms', 'email', 'chat')),
  status text not null check (status in ('open', 'snoozed', 'wrap-up', 'done')),
  queue_id text,
  assigned_to text references users (id) on delete set null,
  support_number text check (support_number ~ '^\+[1-9][0-9]{1,14}$'),
  created_at bigint not null,
  last_activity_at bigint not null
);
create index conversations_activity on conversations (last_activity_at desc, id desc);
create index conversations_customer on conversations (customer_id, last_activity_at desc, id desc);
create index conversations_assigned on conversations (assigned_to, last_activity_at desc, id desc) where status <> 'done';

-- What the timeline shows, newest first. An entry is replaced as the thing it shows goes on.
create table timeline_entries (
  customer_id text not null references customers (id) on delete cascade,
  id text not null,
  at bigint not null,
  kind text not null check (kind in ('call', 'note', 'conversation')),
  entry jsonb not null,
  primary key (customer_id, id)
);
create index timeline_entries_order on timeline_entries (customer_id, at desc, id desc);

create table support_numbers (
  id text primary key,
  number text not null unique check (number ~ '^\+[1-9][0-9]{1,14}$'),
  label text not null check (label <> ''),
  carrier text not null check (carrier in ('sandbox', 'twilio', 'sip')),
  greeting text not null,
  queue_id text,
  recording boolean not null,
  created_at bigint not null
);

-- Telephones of the sandbox carrier. `state` is the call at hand, so that a restart of the server does not forget it.
create table handsets (
  id text primary key,
  number text not null unique check (number ~ '^\+[1-9][0-9]{1,14}$'),
  state jsonb not null,
  created_at bigint not null,
  last_seen_at bigint not null
);
create index handsets_last_seen on handsets (last_seen_at);

create table recordings (
  id text primary key,
  call_id text not null,
  state text not null check (state in ('recording', 'complete', 'partial')),
  -- Relative to the media folder.
  path text not null,
  duration_ms bigint check (duration_ms >= 0),
  -- Why a partial recording is partial.
  cause text check (cause in ('disk', 'restarted', 'lost')),
  started_at bigint not null,
  check ((state = 'partial') = (cause is not null)),
  check (state = 'recording' or duration_ms is not null or cause = 'lost')
);
create index recordings_call on recordings (call_id);
