-- Calls that ended before the database could say who called: how they ended, until they are identified.
create table calls_ended_unidentified (
  call_id text primary key,
  outcome text not null
);
