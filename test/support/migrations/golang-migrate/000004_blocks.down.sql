begin;
alter table public.orders alter column note drop default;

alter table public.orders drop column channel;
drop type public.channel;
alter table public.users drop column phone;
commit;
