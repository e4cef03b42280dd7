drop table public.order_tags;
drop table public.orders;
drop table public.tags;
drop table public.users;
drop type public.order_state;
