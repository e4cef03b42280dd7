begin;

create table public.audit (
  id bigserial primary key,
  at timestamptz not null default now(),
  what text not null
);

create function public.log_order() returns trigger language plpgsql security definer
  set search_path = public, pg_temp
as $$
declare
  owner public.users%rowtype;
begin
  -- public.users stays a comment; so does this semicolon
  select * into owner from public.users where id = new.user_id;
  insert into public.audit (what) values (owner.email || ' in public.orders; ' || new.state);
  return new;
end;
$$;

create trigger orders_log after insert on public.orders
  for each row execute function public.log_order();

create function public.open_total(owner bigint) returns numeric language sql stable
  set search_path = ''
as $body$
  select coalesce(sum(total), 0) from public.orders where user_id = owner and state = 'open'
$body$;

create or replace function public.count_users() returns bigint language sql
as 'select count(*) from public.users where name <> ''public.users''';

create function public.twice(public.users) returns text language sql immutable
  return ($1).name || ($1).name;

create view public.open_orders as
  select o.id, u.email, o.total, public.open_total(u.id) as owed
  from public.orders o
  join public.users u on u.id = o.user_id
  where o.state = 'open';
commit;
