-- no-transaction

drop index concurrently public.orders_total;
drop index concurrently public.orders_state;
