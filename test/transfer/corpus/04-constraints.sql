create table @.country (code text primary key, capital int)

create table @.city (id int primary key, country text not null, sister int,
  constraint "in country" foreign key (country) references @.country on update cascade on delete restrict deferrable initially deferred,
  constraint sisters foreign key (sister) references @.city (id) on delete set null (sister))

insert into @.country values ('fr', null), ('de', null)

insert into @.city values (1, 'fr', null), (2, 'de', 1)

alter table @.country add constraint capital foreign key (capital) references @.city deferrable

create table @.old_rows (id int, v int, n int, constraint fine check (v <> 3))

alter table @.old_rows add constraint "v positive" check (v >= 0) not valid

alter table @.old_rows add constraint "known n" foreign key (n) references @.city not valid

create domain @.lowercase as text

create table @.words (word @.lowercase)

alter domain @.lowercase add constraint is_lower check (value = lower(value)) not valid

create table @.zz_limit (most int)

create function @.allowed(n int) returns boolean language sql stable as 'select n <= most from @.zz_limit'

create table @.aa_limited (n int, constraint within check (@.allowed(n)))

create domain @.limited as int constraint within check (@.allowed(value))

create table @.ab_limited (n @.limited)

create function @.most() returns int language plpgsql immutable as 'begin return (select most from @.zz_limit); end'

create index aa_limited_most on @.aa_limited ((n + @.most()))

create table @.ac_computed (n int, most int generated always as (n + @.most()) stored)

create table @.base_rows (v int)

create table @.more_rows () inherits (@.base_rows)

alter table @.base_rows add constraint old check (v > 0) not valid

comment on constraint "in country" on @.city is 'Kept'

comment on constraint "v positive" on @.old_rows is 'For new rows'

comment on constraint within on domain @.limited is 'Looks elsewhere'

comment on index @.aa_limited_most is 'Looks elsewhere, too'
