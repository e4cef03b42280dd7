-- +goose NO TRANSACTION
-- +goose Up
alter table public.events detach partition public.events_2023 concurrently;
