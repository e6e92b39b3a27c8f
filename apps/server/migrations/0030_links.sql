-- What refers to queues, now that there are queues.
alter table team_queues add foreign key (queue_id) references queues (id) on delete cascade;
alter table support_numbers add foreign key (queue_id) references queues (id) on delete set null;
alter table conversations add foreign key (queue_id) references queues (id) on delete set null;
create index conversations_queue on conversations (queue_id) where status <> 'done';
