-- QUE-6: what agents can do, and which skills rules and queues ask for. Spans are milliseconds.
create table skills (
  id text primary key,
  name text not null check (length(name) between 1 and 100),
  created_at bigint not null
);
create unique index skills_name on skills (lower(name));

create table agent_skills (
  skill_id text not null references skills (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  primary key (skill_id, user_id)
);
create index agent_skills_user on agent_skills (user_id);

-- What is asked for is checked by the server, which refuses to delete a skill in use. Null: it is asked for however long somebody waits.
alter table queues
  add column skills text[] not null default '{}',
  add column skills_relax_after_ms integer check (skills_relax_after_ms > 0);
alter table queue_rules
  add column skills text[] not null default '{}',
  add column skills_relax_after_ms integer check (skills_relax_after_ms > 0);
