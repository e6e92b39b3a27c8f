-- REC-3: where the audio of a recording is, and until when it is kept.
alter table recordings
  -- local: in the folder of recordings of this machine; s3: in a bucket; missing: it was not there when it was to be moved, and
  -- may yet come; gone: it was deleted.
  add column place text not null default 'local' check (place in ('local', 's3', 'missing', 'gone')),
  -- The address of the bucket.
  add column bucket text,
  -- Of the audio, as it is played; null while the file is as the switch wrote it.
  add column bytes bigint check (bytes >= 0),
  -- The key that it is encrypted with; null: it is not.
  add column key_name text,
  -- Since when it is to be deleted, and why. It is deleted when place is gone.
  add column removed_at bigint,
  add column removed_why text check (removed_why in ('retention', 'erasure')),
  add check ((removed_at is null) = (removed_why is null)),
  add check (place <> 's3' or bytes is not null),
  add check ((place = 's3') = (bucket is not null));
create index recordings_to_delete on recordings (removed_at) where removed_at is not null and place <> 'gone';
create index recordings_kept on recordings (started_at) where removed_at is null;
create index recordings_plain on recordings (id) where place = 'local' and key_name is null and removed_at is null;
create index recordings_sealed_here on recordings (id) where place = 'local' and key_name is not null and removed_at is null;

create table recording_keeping (
  one boolean primary key default true check (one),
  retention_days integer check (retention_days between 1 and 3650)
);
insert into recording_keeping (retention_days) values (null);
