-- Options of queues, ordered queue rules, business schedules, hold music. Spans are milliseconds.

-- When a queue is open. The form of hours and holidays is checked by the schema of the API.
create table schedules (
  id text primary key,
  name text not null check (length(name) between 1 and 100),
  time_zone text not null check (time_zone <> ''),
  -- seven lists of ranges, from Monday
  week jsonb not null check (jsonb_typeof(week) = 'array' and jsonb_array_length(week) = 7),
  holidays jsonb not null default '[]' check (jsonb_typeof(holidays) = 'array'),
  created_at bigint not null
);
create unique index schedules_name on schedules (lower(name));

-- Uploaded music; the file is music/<id>.ulaw in the media folder.
create table hold_music (
  id text primary key,
  name text not null check (length(name) between 1 and 100),
  duration_ms bigint not null check (duration_ms > 0),
  created_at bigint not null
);
create unique index hold_music_name on hold_music (lower(name));

alter table queues
  add column channels text[] not null default '{}' check (channels <@ array['sms', 'email', 'chat']),
  add column priority integer not null default 0 check (priority between 0 and 9),
  add column overflow_after_ms integer check (overflow_after_ms > 0),
  add column overflow_queue_id text references queues (id),
  -- null: the standard music
  add column music_id text references hold_music (id),
  add column announce_every_ms integer check (announce_every_ms > 0),
  add column announce_position boolean not null default false,
  add column announce_wait boolean not null default false,
  -- null: always open
  add column schedule_id text references schedules (id),
  add column callback_after_ms integer check (callback_after_ms >= 0),
  add column wrap_up_ms integer check (wrap_up_ms > 0),
  add check ((overflow_after_ms is null) = (overflow_queue_id is null)),
  add check (overflow_queue_id <> id),
  add check ((announce_every_ms is null) = (not announce_position and not announce_wait)),
  add check (not voice_only or channels = '{}');

-- Queues that took voice and were not voice-only took every channel.
update queues set channels = '{sms,email,chat}' where not voice_only;

-- QUE-3: the first enabled rule that matches decides.
create table queue_rules (
  id text primary key,
  position integer not null,
  name text not null check (length(name) between 1 and 100),
  criteria jsonb not null,
  queue_id text not null references queues (id),
  enabled boolean not null default true,
  created_at bigint not null,
  unique (position) deferrable initially deferred
);
create unique index queue_rules_name on queue_rules (lower(name));
create index queue_rules_queue on queue_rules (queue_id);
