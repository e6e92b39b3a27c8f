-- Where the calls of an agent ring. Without a row: in the browser.

create table agent_devices (
  user_id text primary key references users (id) on delete cascade,
  kind text not null check (kind in ('browser', 'phone')),
  -- the fixed address of a phone, e.g. sip:ana@10.0.0.7:5060; null for one that registers
  contact text check (length(contact) between 5 and 255),
  -- what a phone registers with; the password is random and long, and serves for nothing else
  account_number text check (account_number ~ '^[0-9]{4,16}$'),
  account_password text,
  changed_at bigint not null,
  check (kind = 'phone' or contact is null),
  check ((account_number is null) = (account_password is null)),
  check (kind <> 'phone' or contact is not null or account_number is not null)
);
create unique index agent_devices_account on agent_devices (account_number);
