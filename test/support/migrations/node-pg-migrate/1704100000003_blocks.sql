-- Up Migration
do $$
begin
  if not exists (
    select 1 from information_schema.columns
    where table_schema = 'public' and table_name = 'users' and column_name = 'phone'
  ) then
    alter table public.users add column phone text;
  end if;
  if not exists (select 1 from pg_constraint where conname = 'phone_form' and conrelid = 'public.users'::regclass) then
    alter table public.users add constraint phone_form check (phone ~ '^[0-9+ ]*$');
  end if;
  if not exists (
    select 1 from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where t.typname = 'channel' and n.nspname in ('public')
  ) then
    create type public.channel as enum ('web', 'shop');
  end if;
  if exists (select 1 from pg_class where relname = 'never_made_by_any_migration') then
    raise exception 'public.users; is not the one';
  end if;
  execute 'alter table public.orders add column channel public.channel';
  execute format('comment on column public.%I.channel is %L', 'orders', 'public.channel; or not');
end
$$;

-- Down Migration
alter table public.orders drop column channel;
drop type public.channel;
alter table public.users drop column phone;
