-- Customers: hidden callers, consent, custom fields, merging, and search by name without accents.

-- A name as it is searched: lower case, letters without their marks. Also applied to what is searched for.
create function folded(name text) returns text language sql immutable strict parallel safe as $$
  select translate(replace(lower(regexp_replace(normalize(name, nfkd), '[\u0300-\u036f]', '', 'g')), 'ß', 'ss'), 'øłđħı', 'oldhi')
$$;

alter table customers
  add column folded_name text generated always as (folded(coalesce(name, ''))) stored,
  -- Somebody who hid the number when they called (CRM-1).
  add column hidden_number boolean not null default false,
  add column custom jsonb not null default '{}' check (jsonb_typeof(custom) = 'object'),
  -- A customer who was merged stays as a sign to the one who was kept: what still names the old id goes there.
  add column merged_into text references customers (id) on delete cascade check (merged_into <> id);
update customers c set hidden_number = true
  where name is null and emails = '{}' and not exists (select 1 from customer_numbers n where n.customer_id = c.id);
drop index customers_activity;
create index customers_activity on customers (last_activity_at desc, id desc) where merged_into is null;
create index customers_by_name on customers ((folded_name = ''), folded_name, id) where merged_into is null;
create index customers_by_age on customers (created_at desc, id desc) where merged_into is null;
create index customers_merged on customers (merged_into) where merged_into is not null;
create index customers_tags on customers using gin (tags);

alter table customer_numbers
  add column consent text check (consent in ('yes', 'no')),
  add column consent_at bigint,
  add check ((consent is null) = (consent_at is null));

create table customer_fields (
  key text primary key check (key ~ '^[a-z][a-z0-9_]{0,39}$'),
  name text not null check (name <> ''),
  kind text not null check (kind in ('text', 'number', 'boolean', 'date', 'choice')),
  choices text[] not null default '{}',
  position integer not null,
  retired boolean not null default false,
  check ((kind = 'choice') = (choices <> '{}'))
);
create unique index customer_fields_name on customer_fields (lower(name));

-- What still names a customer who was merged, a call that goes on or a fact that comes late, goes to the one who was kept;
-- what names a customer who was deleted goes nowhere. The lock makes a writer wait for a merge that is under way.
create function to_kept_customer() returns trigger language plpgsql as $$
begin
  select coalesce(merged_into, id) into new.customer_id from customers where id = new.customer_id for key share;
  return case when found then new end;
end
$$;
create trigger conversations_to_kept_customer before insert on conversations for each row execute function to_kept_customer();
create trigger timeline_entries_to_kept_customer before insert on timeline_entries for each row execute function to_kept_customer();
