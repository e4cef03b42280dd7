insert into @.kinds (mood, home, width, many, amount, code, codes, reg, grid, price) values
  ('it''s', row('Rue "x", (1)', 5), '[1,2.5)', '{"[1,2)","(3,4]"}', 3, 'AB', '{A,B}', '@.kinds', '{{1,2},{3,4}}', 12.5),
  (null, null, null, null, 1, null, null, '@.event', null, null)

insert into @.kinds (raw, j, jb, doc, u, d, t, tz, at, atz, gap, net, texts, bits, real4, real8, exact, words, days) values
  ('\x00ff0a5c', '{"b": 1,  "a": "\n"}', '{"b": 1, "a": "\\"}', '<a>é</a>', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '0044-03-15 BC', '23:59:59.999999',
   '01:02:03+05', '2020-01-01 00:00:00.123', 'infinity', '1 day 02:03:04.5', '10.0.0.1/8', array[null, '', 'NULL', 'a,"b\c', E'\n\t'], '101', 0.1, 0.1, 12.345,
   to_tsvector('simple', 'the quick fox'), '[2020-01-01,)')

update @.kinds set short = 'changed' where mood = 'it''s'

insert into @."Odd ""name""" values (1, E'a\tb\\.\n', 'x'), (null, '\.', null)

insert into @.nothing default values

insert into @.numbered (n) values (5), (default), (default)

insert into @.scratch values (1, 'x')

insert into @.tuned values (1, repeat('long ', 2000), repeat('x', 5000), 'f')

insert into @.parent values (1, 'p')

insert into @.child values (2, 'c', 3, 'm')

insert into @.grandchild (name) values ('g')

insert into @.typed values (1, 'a')

insert into @.replicated values (1, 'a')

select nextval('@.ticket'), nextval('@.ticket')

select nextval('@.owned')

insert into @.searched values (1, 'A', 'B', 5, now(), '{x}', '{}', '[2020-01-01,2020-02-01)', '(1,2)'), (2, 'a', null, 11, null, null, null, '[2021-01-01,2021-02-01)', null)

update @.country set capital = 1 where code = 'fr'

insert into @.old_rows values (1, 5, 1)

alter table @.old_rows drop constraint "v positive"

alter table @.old_rows drop constraint "known n"

insert into @.old_rows values (2, -5, 999)

alter table @.old_rows add constraint "v positive" check (v >= 0) not valid

alter table @.old_rows add constraint "known n" foreign key (n) references @.city not valid

comment on constraint "v positive" on @.old_rows is 'For new rows'

alter domain @.lowercase drop constraint is_lower

insert into @.words values ('UPPER'), ('lower')

alter domain @.lowercase add constraint is_lower check (value = lower(value)) not valid

alter table @.base_rows drop constraint old

insert into @.base_rows values (-1)

insert into @.more_rows values (-2)

alter table @.base_rows add constraint old check (v > 0) not valid

insert into @.zz_limit values (10)

insert into @.aa_limited values (9), (3)

insert into @.ab_limited values (9)

insert into @.ac_computed values (1)

insert into @.region values (1), (2)

insert into @.event values ('2025-05-05', 1, 'x', 1), ('2026-05-05', 2, 'a', 2), ('2026-05-06', 3, 'z', null)

insert into @.spread select i, 'N' || i from generate_series(1, 20) as i

insert into @.log values (1, 'low'), (2, 'other'), (3, 'high')

create table @.booking_2025 partition of @.booking for values from ('2025-01-01') to ('2026-01-01')

insert into @.booking values ('2026-05-05', 2), ('2025-05-05', 2)

insert into @.refers values ('2026-05-05', 2)

insert into @.noted values (1, 'one'), (2, 'two')

update @.noted set text = 'changed' where id = 2

insert into @.ruled values (1, 1), (2, 9)

insert into @.secret values (1, 'x', 'y')
