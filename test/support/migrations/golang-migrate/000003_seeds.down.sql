delete from public.order_tags;
delete from public.orders;
delete from public.users;
delete from public.tags;
