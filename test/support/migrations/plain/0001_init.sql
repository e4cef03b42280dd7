create extension if not exists citext;

create type public.order_state as enum ('open', 'paid');

create table public.users (
  id bigserial primary key,
  email citext not null unique,
  name text not null default 'public',
  created_at timestamptz not null default now()
);

create table public.tags (
  name text primary key
);

create table public.orders (
  id bigserial primary key,
  user_id bigint not null references public.users (id) on delete cascade,
  state public.order_state not null default 'open'::public.order_state,
  total numeric(12, 2) not null check (total >= 0),
  note text
);

create table public.order_tags (
  order_id bigint not null references public.orders (id),
  tag text not null references public.tags (name),
  primary key (order_id, tag)
);

create index orders_user on public.orders using btree (user_id);
comment on table public.orders is 'What users of public.users bought; a "quote" and a ;';
