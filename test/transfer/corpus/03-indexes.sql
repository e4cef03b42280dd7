create function @.fold(t text) returns text language sql immutable as 'select lower(t)'

create table @.searched (id int primary key, a text, b text, n int, at timestamptz, tags text[], body jsonb, period tsrange, pos point)

create unique index searched_ab on @.searched (a, b) nulls not distinct

create index searched_some on @.searched (n desc nulls last) include (a) where n > 0

create index searched_fold on @.searched (@.fold(a), n)

alter index @.searched_fold alter column 1 set statistics 77

create unique index searched_fold_unique on @.searched (@.fold(b)) where @.fold(b) <> ''

create index searched_tags on @.searched using gin (tags) with (fastupdate = off)

create index searched_body on @.searched using gin (body jsonb_path_ops)

create index searched_pos on @.searched using gist (pos)

create index searched_at on @.searched using brin (at) with (pages_per_range = 4)

create index searched_hash on @.searched using hash (a)

create index searched_pattern on @.searched (a text_pattern_ops, b collate "C")

alter table @.searched add constraint no_overlap exclude using gist (period with &&) where (n > 10)

alter table @.searched add constraint late unique (n, a) deferrable initially deferred

alter table @.searched cluster on searched_fold

create statistics @.both (ndistinct, dependencies, mcv) on a, b from @.searched

create statistics @.of_expression on (n + 1), (@.fold(a)) from @.searched

comment on index @.searched_some is 'Only some'

comment on statistics @.both is 'Of both'
