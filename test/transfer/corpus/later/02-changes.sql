alter table @.noted disable trigger b_columns

alter table @.noted enable trigger f_off

alter table only @.log disable trigger on_all

alter table only @.log_rest disable trigger on_all

alter table only @.log_low enable always trigger up

alter table @.ruled enable rule off

alter table @.ruled disable rule tell

create table @.event_2024 partition of @.event for values from ('2024-01-01') to ('2025-01-01')

create table @.event_2027 partition of @.event for values from ('2027-01-01') to (maxvalue) partition by range (kind, id)

create table @."event 2027 m" partition of @.event_2027 for values from ('it''s', minvalue) to ('z\', 5)

insert into @.event values ('2027-05-05', 4, 'm', 1), ('2024-05-05', 5, 'm', 1)

alter table @.event detach partition @.event_2025

alter table @.log detach partition @.log_rest

create table @.log_medium partition of @.log for values in ('medium', 'other')

drop table @.spread_1

create table @.spread_1_of_4 partition of @.spread for values with (modulus 4, remainder 1)

create table @.spread_3_of_4 partition of @.spread for values with (modulus 4, remainder 3)

insert into @.spread values (7, 'seven')

refresh materialized view @.zz_total

refresh materialized view @.later

refresh materialized view @.bb_total

refresh materialized view @.aa_of_totals

refresh materialized view @.aa_by_function

refresh materialized view @.once with no data

alter table @.event validate constraint "id >= 0"

alter table @.tuned reset (fillfactor)

alter table @.tuned set (autovacuum_vacuum_threshold = 500, toast.autovacuum_vacuum_threshold = 9)

alter table @.tuned alter column body set storage main

alter table @.tuned alter column packed set compression default

alter table @.tuned alter column flat set (n_distinct = 12)

alter table @.tuned alter column flat set statistics 11

alter index @.searched_fold alter column 1 set statistics 99

alter index @.searched_at set (pages_per_range = 8)

alter statistics @.both set statistics 50

alter materialized view @.aa_by_function set (fillfactor = 90)

alter table @.searched cluster on searched_pkey

alter table @.whole replica identity nothing

alter table @.numbered replica identity full

alter table @.scratch set logged

alter table @.nothing set unlogged

alter table @.secret disable row level security

alter table @.policed enable row level security

comment on table @.event_2024 is 'Made since'

comment on table @.parent is null

comment on column @.kinds.mood is 'Said since, it''s \ so'

comment on function @.fold(text) is 'Folds'

comment on constraint "in country" on @.city is 'Changed'
