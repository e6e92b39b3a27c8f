-- Conversations of all channels: snoozed, waiting to be routed, with team, subject, language and tags; their messages.

alter table conversations
  add column team_id text references teams (id) on delete set null,
  add column subject text check (subject <> ''),
  add column language text,
  add column tags text[] not null default '{}',
  add column snoozed_until bigint,
  -- since when it waits to be routed to an agent; null: it does not
  add column waiting_since bigint,
  add column priority integer not null default 0,
  add column version integer not null default 1,
  add check (snoozed_until is null or status = 'snoozed'),
  add check (waiting_since is null or (status = 'open' and assigned_to is null));
create index conversations_waiting on conversations (waiting_since) where waiting_since is not null;
create index conversations_snoozed on conversations (snoozed_until) where snoozed_until is not null;
create index conversations_queue_activity on conversations (queue_id, last_activity_at desc, id desc);
create index conversations_team on conversations (team_id, last_activity_at desc, id desc) where team_id is not null;

-- Whoever changes a conversation, its version grows: that is how a change that came too late is known.
create function conversation_changed() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  return new;
end $$;
create trigger conversations_version before update on conversations for each row execute function conversation_changed();

create table messages (
  id text primary key,
  conversation_id text not null references conversations (id) on delete cascade,
  direction text not null check (direction in ('in', 'out')),
  -- who of us wrote it
  author_id text references users (id) on delete set null,
  text text not null,
  at bigint not null
);
create index messages_of_conversation on messages (conversation_id, at desc, id desc);

create index customers_emails on customers using gin (emails);

-- Which kinds of entries there are is said by the schema of the API, through which they are read.
alter table timeline_entries drop constraint if exists timeline_entries_kind_check;
