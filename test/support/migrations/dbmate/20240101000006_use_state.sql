-- migrate:up
alter table public.orders add column refund numeric(12, 2);
alter table public.orders add constraint refunded check (refund is null or state = 'refunded');

-- migrate:down
alter table public.orders drop column refund;
