-- Saved searches over conversations (CRM-4).

create table searches (
  id text primary key,
  name text not null check (name <> ''),
  criteria jsonb not null check (jsonb_typeof(criteria) = 'object'),
  sort_by text not null check (sort_by in ('created', 'last-activity', 'customer-name')),
  sort_direction text not null check (sort_direction in ('asc', 'desc')),
  columns text[] not null check (cardinality(columns) > 0),
  -- Whose it is; nobody's when it came with Ringdesk, or when the user is gone.
  owner_id text references users (id) on delete set null,
  shared boolean not null,
  is_standard boolean not null default false,
  created_at bigint not null,
  check (shared or not is_standard)
);
create unique index searches_shared_name on searches (lower(name)) where shared;
create unique index searches_own_name on searches (owner_id, lower(name)) where not shared;

-- What searches read most: by status, what is not done; by age.
create index conversations_status on conversations (status, last_activity_at desc, id desc) where status <> 'done';
create index conversations_created on conversations (created_at desc, id desc);

-- There from the start, so that calls of the default queue can be assigned by hand (QUE-5).
insert into searches (id, name, criteria, sort_by, sort_direction, columns, shared, is_standard, created_at)
select 'default-queue-calls', 'Calls in the default queue',
  jsonb_build_object('match', 'all', 'items', jsonb_build_array(
    jsonb_build_object('field', 'conversation.queue', 'operator', 'is', 'value', id),
    jsonb_build_object('field', 'conversation.channel', 'operator', 'is', 'value', 'voice'))),
  'last-activity', 'desc', '{customer,number,supportNumber,status,assignedTo,lastActivityAt}', true, true, created_at
from queues where is_default;
