-- migrate:up transaction:false
alter table public.events detach partition public.events_2023 concurrently;

-- migrate:down transaction:false
