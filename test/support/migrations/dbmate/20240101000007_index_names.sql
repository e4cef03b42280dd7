-- migrate:up transaction:false
create index concurrently if not exists users_name on public.users (name);

-- migrate:down transaction:false
drop index concurrently if exists public.users_name;
