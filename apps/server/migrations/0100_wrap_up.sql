-- STAT-3: until when wrap-up lasts that has begun in this status. Null: none has, or the agent has ended it.
alter table agent_status_history add column wrap_up_until bigint;
