-- Invitations, permission sets and deactivated users; routing profiles with capacities; named sub-statuses.

create table permission_sets (
  id text primary key,
  name text not null check (length(name) between 1 and 100),
  permissions text[] not null default '{}',
  created_at bigint not null
);
create unique index permission_sets_name on permission_sets (lower(name));

-- Who was invited and has not come yet has no password.
alter table users alter column password_hash drop not null;
alter table users add column permission_set_id text references permission_sets (id);
alter table users add column deactivated_at bigint;
-- ORG-1: the owner stays an active admin.
alter table users add check (not is_owner or (deactivated_at is null and role = 'admin'));

-- Links that let somebody in once: an invitation, or a new password for a user who forgot theirs. Only the hash is kept.
create table user_links (
  token_hash text primary key,
  user_id text not null unique references users (id) on delete cascade,
  created_at bigint not null,
  expires_at bigint not null
);

-- TEAM-2, CAP-3: what a routing profile says besides its queues.
alter table teams add column route_when_over_capacity boolean not null default false;
alter table teams add column capacity_sms integer not null default 5 check (capacity_sms between 0 and 100);
alter table teams add column capacity_email integer not null default 5 check (capacity_email between 0 and 100);
alter table teams add column capacity_chat integer not null default 3 check (capacity_chat between 0 and 100);
alter table teams add column capacity_total integer not null default 10 check (capacity_total between 1 and 100);
create unique index teams_name_any_case on teams (lower(name));

-- STAT-1. A retired one is offered no more; the history keeps its name.
create table sub_statuses (
  id text primary key,
  status text not null check (status in ('busy', 'unavailable')),
  name text not null check (length(name) between 1 and 50),
  position integer not null,
  retired boolean not null default false,
  created_at bigint not null
);
create unique index sub_statuses_name on sub_statuses (status, lower(name)) where not retired;
alter table agent_status_history add column sub_status_id text;
alter table agent_status_history add column sub_status_name text;
create index audit_log_who on audit_log (who, seq desc);
