drop index concurrently if exists public.users_name;
