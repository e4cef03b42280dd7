create function @.add(a int, b int default 2, variadic more int[] default '{}') returns int language sql immutable strict parallel safe cost 5 as 'select a + b'

create function @.body(a int) returns int language sql begin atomic select a + 1; end

create function @.rows(out id int, out n text) returns setof record language plpgsql rows 7 set work_mem = '8MB' set datestyle = 'ISO, DMY' as
$x$ begin return query select 1, 'x'; end $x$

create procedure @.work(inout a int) language plpgsql security definer as 'begin a := a + 1; end'

create aggregate @.sum_up(int) (sfunc = int4pl, stype = int, initcond = '0', parallel = safe)

create function @.near(a @.address, b @.address) returns boolean language sql immutable as 'select a.street = b.street'

create operator @.~~~ (function = @.near, leftarg = @.address, rightarg = @.address, commutator = operator(@.~~~), restrict = eqsel)

create function @.to_text(a @.address) returns text language sql immutable as 'select a.street'

create cast (@.address as text) with function @.to_text(@.address) as assignment

create text search dictionary @.simple_words (template = pg_catalog.simple, accept = false)

create text search configuration @.search (copy = pg_catalog.simple)

alter text search configuration @.search alter mapping for asciiword with @.simple_words, pg_catalog.simple

create conversion @.to_utf8 for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8

comment on function @.add(int, int, int[]) is 'Adds'

comment on procedure @.work(int) is 'Works'

comment on aggregate @.sum_up(int) is 'Sums'

comment on operator @.~~~ (@.address, @.address) is 'Near'

comment on text search configuration @.search is 'Searches'

comment on text search dictionary @.simple_words is 'Words'

comment on conversion @.to_utf8 is 'Converts'
