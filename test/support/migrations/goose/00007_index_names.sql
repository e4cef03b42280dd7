-- +goose NO TRANSACTION
-- +goose Up
create index concurrently if not exists users_name on public.users (name);

-- +goose Down
drop index concurrently if exists public.users_name;
