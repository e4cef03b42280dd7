drop view public.open_orders;
drop function public.twice(public.users);
drop function public.count_users();
drop function public.open_total(bigint);
drop trigger orders_log on public.orders;
drop function public.log_order();
drop table public.audit;
