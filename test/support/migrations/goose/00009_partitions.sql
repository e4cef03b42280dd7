-- +goose Up

create table public.events (
  id bigint generated always as identity,
  at date not null,
  what jsonb not null default '{"public.users": [1, 2]}',
  primary key (id, at)
) partition by range (at);
create table public.events_2023 partition of public.events for values from ('2023-01-01') to ('2024-01-01');
create table public.events_2024 partition of public.events for values from ('2024-01-01') to ('2025-01-01');
create index events_at on public.events (at);

-- +goose Down
drop table public.events;
