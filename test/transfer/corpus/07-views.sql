create view @.plain_view as select id, text as "the text" from @.noted

create view @.barrier with (security_barrier, security_invoker = true) as select * from @.kinds where amount > 1

create view @.checked as select id, v from @.ruled where v > 0 with cascaded check option

alter view @.checked alter column v set default 9

create recursive view @.counting (n) as values (1) union all select n + 1 from counting where n < 5

create function @.instead() returns trigger language plpgsql as 'begin return null; end'

create trigger through instead of insert on @.plain_view for each row execute function @.instead()

create materialized view @.zz_total as select kind, count(*) as n from @.event group by kind

create unique index on @.zz_total (kind)

create materialized view @.later as select 1 as n from @.zz_limit with no data

create view @.between as select 0::bigint as n

create materialized view @.aa_of_totals as select sum(n) as n from @.between

create materialized view @.bb_total as select count(*) as n from @.searched with no data

create or replace view @.between as select n from @.bb_total

create function @.total() returns numeric language sql stable as 'select sum(n) from @.zz_total'

create materialized view @.aa_by_function with (fillfactor = 80) as select @.total() as n

create materialized view @.once as select count(*) from @.region

create materialized view @.never as select count(*) from @.region with no data

comment on view @.plain_view is 'A view'

comment on column @.plain_view.id is 'A view''s column'

comment on materialized view @.zz_total is 'Totals'

comment on column @.zz_total.n is 'How many'
