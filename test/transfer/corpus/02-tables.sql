create table @."Odd ""name""" ("a b" int, "select" text, gone int, "ü" text default E'\\''\n')

alter table @."Odd ""name""" drop column gone

create table @.nothing ()

create table @.numbered (id int generated always as identity, n serial, doubled int generated always as (n * 2) stored)

create unlogged table @.scratch (id int primary key, note text)

create table @.tuned (id int primary key, body text, packed text, flat text) with (fillfactor = 70, autovacuum_enabled = false)

alter table @.tuned set (toast.autovacuum_enabled = false)

alter table @.tuned alter column body set storage external

alter table @.tuned alter column packed set compression pglz

alter table @.tuned alter column body set statistics 250

alter table @.tuned alter column body set (n_distinct = -0.5)

create table @.parent (id int, name text not null, constraint "no x" check (name <> 'x'), constraint alone check (id > -100) no inherit)

create table @.other_parent (extra int default 7)

create table @.child (more text, constraint "no x" check (name <> 'x')) inherits (@.parent, @.other_parent)

create table @.grandchild (id int default 5) inherits (@.child)

create type @.row_of as (id int, label text)

create table @.typed of @.row_of (primary key (id), label with options default 'none')

create table @.replicated (id int not null, tenant text not null, unique (id, tenant))

alter table @.replicated replica identity using index replicated_id_tenant_key

create table @.whole (a int, b int)

alter table @.whole replica identity full

create table @.owner (id int, at int)

create sequence @.owned owned by @.owner.at

alter table @.owner alter column id set default nextval('@.owned')

comment on table @.parent is E'The parent''s \\ comment\nin two lines'

comment on column @.parent.name is 'Its name'

comment on constraint "no x" on @.parent is 'Never x'
