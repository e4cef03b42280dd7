alter table public.orders drop column refund;
