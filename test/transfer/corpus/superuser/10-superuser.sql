create aggregate @.part_of(float8 order by float8) (sfunc = ordered_set_transition, stype = internal, finalfunc = percentile_disc_final, finalfunc_extra)

create operator class @.by_sum for type int using btree as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 btint4cmp(int, int)

create operator family @.family using btree

create text search template @.template (lexize = dsimple_lexize, init = dsimple_init)

create text search parser @.parser (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype)

create foreign table @.far (id int, note text options (column_name 'n')) server elsewhere options (table_name 't')

create table @.by_class (n int)

create index by_class_n on @.by_class (n @.by_sum)

create table @.forced (id int, body text)

alter table @.forced enable row level security

alter table @.forced force row level security

create policy nobody on @.forced using (false)

create materialized view @.of_forced as select count(*) from @.forced

comment on operator class @.by_sum using btree is 'By sum'

comment on operator family @.family using btree is 'A family'

comment on text search template @.template is 'A template'

comment on text search parser @.parser is 'A parser'

comment on foreign table @.far is 'Far'

comment on column @.far.note is 'Far note'
