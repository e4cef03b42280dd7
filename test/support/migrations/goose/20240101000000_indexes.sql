-- +goose NO TRANSACTION
-- +goose Up
create index concurrently orders_state on public.orders (state) where state = 'open';
create index concurrently orders_total on public.orders (total);
analyze public.orders;

-- +goose Down

drop index concurrently public.orders_total;
drop index concurrently public.orders_state;
