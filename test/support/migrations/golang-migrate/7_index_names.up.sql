create index concurrently if not exists users_name on public.users (name);
