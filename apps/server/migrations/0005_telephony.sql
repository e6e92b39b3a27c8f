-- How far the events of a switch have been persisted. One row per switch; losing it costs redelivered events, nothing else.
create table switch_positions (
  switch   text primary key check (switch ~ '^[a-z0-9-]{1,32}$'),
  epoch    text not null check (length(epoch) between 1 and 64),
  seq      bigint not null check (seq >= 0),
  saved_at timestamptz not null default now()
);
