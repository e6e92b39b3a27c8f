-- QUE-6: what the rule that placed a conversation asks for, besides its queue: [{"id", "relaxAfterMs"}].
alter table conversations add column skills jsonb not null default '[]' check (jsonb_typeof(skills) = 'array');
