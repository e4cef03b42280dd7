-- rowhouse: no transaction

create index concurrently orders_state on public.orders (state) where state = 'open';
create index concurrently orders_total on public.orders (total);
analyze public.orders;
