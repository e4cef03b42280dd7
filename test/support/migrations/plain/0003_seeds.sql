insert into public.tags (name) values ('public'), ('it''s; new'), (E'tab\tand \'quote\';'), ($$dollar; $1 "x"$$), ($t$public.tags$t$);
insert into public.users (id, email, name) values
  (1, 'Ann@Example.com', 'Ann'), -- a comment; with a semicolon
  (2, 'bob@example.com', 'Bob; drop table public.users'); /* and /* another; */ one */
insert into public.orders (user_id, total, note) values (1, 9.5, 'public.orders'), (2, 12, null);
insert into public.order_tags select o.id, t.name from public.orders o cross join public.tags t where t.name = 'public';
select pg_catalog.setval('public.users_id_seq', 100, true), setval('public.orders_id_seq'::regclass, 200);
