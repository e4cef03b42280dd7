set lock_timeout = '5s';
set local statement_timeout = '1min';
create temp table backfill as select id, lower(name) as name from public.users;
update public.users u set name = b.name from backfill b where b.id = u.id;
