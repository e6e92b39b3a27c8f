-- What callers of a support number hear and choose: a menu of keys, and a voicemail.
alter table support_numbers
  add column menu jsonb,
  add column voicemail_on boolean not null default false,
  add column voicemail_greeting text not null default '',
  add constraint support_numbers_voicemail check (not voicemail_on or voicemail_greeting <> '');
