grant select on public.users, public.orders to shop_reader;
grant usage on schema public to shop_reader;
alter table public.users enable row level security;
create policy readers on public.users for select to shop_reader using (name <> 'public');
