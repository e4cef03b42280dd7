drop policy readers on public.users;
alter table public.users disable row level security;
revoke usage on schema public from shop_reader;
revoke select on public.users, public.orders from shop_reader;
