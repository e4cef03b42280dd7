alter table public.orders drop column channel;
drop type public.channel;
alter table public.users drop column phone;
