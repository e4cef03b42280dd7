-- Up Migration
alter table public.orders add column refund numeric(12, 2);
alter table public.orders add constraint refunded check (refund is null or state = 'refunded');

-- Down Migration
alter table public.orders drop column refund;
