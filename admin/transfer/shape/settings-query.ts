// The query for the settings of a schema: the states of its objects that can change while the definition stays. A
// value is null where it is PostgreSQL's own default. $1 is the schema.
// https://www.postgresql.org/docs/current/catalogs.html

import { INSIDE, joinOwn } from "../../registry/relations-of.ts";

// Columns that only some versions of PostgreSQL have are read through JSON.
const TRIGGERS = `
  select 'trigger', array[r.relname, t.tgname], nullif(t.tgenabled::text, 'O'), r.place, quote_ident(t.tgname), null
    from relation as r join pg_trigger as t on t.tgrelid = r.oid
   where not t.tgisinternal and r.relkind in ('r', 'p', 'f')`;

const RULES = `
  select 'rule', array[r.relname, w.rulename], nullif(w.ev_enabled::text, 'O'), r.place, quote_ident(w.rulename), null
    from relation as r join pg_rewrite as w on w.ev_class = r.oid and w.rulename <> '_RETURN'
   where r.relkind in ('r', 'p')`;

const CONSTRAINTS = `
  select 'not valid', array[r.relname, c.conname], case when c.convalidated then null else 'true' end,
      r.place, quote_ident(c.conname), case when c.conislocal and c.conparentid = 0 then pg_get_constraintdef(c.oid) end
    from relation as r join pg_constraint as c on c.conrelid = r.oid
   where c.contype in ('c', 'f', 'n') and coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)
     and (c.conparentid = 0 or not exists (
       select from pg_constraint as p where p.oid = c.conparentid and p.conrelid = c.conrelid))`;

// Most constraints belong to tables: without conrelid, PostgreSQL expects all of them for a type, and reads the catalog.
const DOMAIN_CONSTRAINTS = `
  select 'domain not valid', array[t.typname, c.conname], case when c.convalidated then null else 'true' end,
      format('%I.%I', s.nspname, t.typname), quote_ident(c.conname), pg_get_constraintdef(c.oid)
    from space as s ${joinOwn("pg_type", "t")}
    join pg_constraint as c on c.conrelid = 0 and c.contypid = t.oid and c.contype = 'c'`;

const ROW_SECURITY = `
  select k.kind, array[r.relname], case when k.state then 'true' end, r.place, null, null
    from relation as r, lateral (values
      ('row security', r.relrowsecurity), ('forced row security', r.relforcerowsecurity),
      ('unlogged', r.relpersistence = 'u')) as k (kind, state)
   where r.relkind in ('r', 'p')`;

const VIEWS = `
  select 'unpopulated', array[r.relname], case when r.relispopulated then null else 'true' end, r.place, null, null
    from relation as r where r.relkind = 'm'`;

const IDENTITY = `
  select 'replica identity', array[r.relname], case r.relreplident when 'd' then null when 'i' then 'i ' ||
        (select x.relname from pg_index as i join pg_class as x on x.oid = i.indexrelid
          where i.indrelid = r.oid and i.indisreplident limit 1) else r.relreplident::text end, r.place, null, null
    from relation as r where r.relkind in ('r', 'p')`;

const CLUSTER = `
  select 'cluster', array[r.relname], (select x.relname::text from pg_index as i
        join pg_class as x on x.oid = i.indexrelid where i.indrelid = r.oid and i.indisclustered limit 1),
      r.place, null, null
    from relation as r where r.relkind in ('r', 'm')`;

const OPTIONS = `
  select 'options', array[r.relname], nullif(to_jsonb(coalesce(r.reloptions, '{}') || array(
        select 'toast.' || o from pg_class as t, unnest(t.reloptions) as o where t.oid = r.reltoastrelid)), '[]')::text,
      r.place, r.word, null
    from relation as r where r.relkind in ('r', 'm', 'i', 'I')`;

const COLUMNS = `
  select k.kind, array[r.relname, a.attname], k.state, r.place,
      case when r.relkind in ('i', 'I') then a.attnum::text else quote_ident(a.attname) end, k.standard
    from relation as r
    join pg_attribute as a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    join pg_type as t on t.oid = a.atttypid,
    lateral (values
      ('statistics', nullif(nullif(a.attstattarget::int, -1)::text, ''), r.word),
      ('column options', to_jsonb(a.attoptions)::text, null),
      ('storage', case when r.relkind in ('i', 'I') then null
         else nullif(a.attstorage::text, t.typstorage::text) end, t.typstorage::text),
      ('compression', nullif(a.attcompression::text, ''), null)) as k (kind, state, standard)
   where r.relkind in ('r', 'p', 'm', 'i', 'I')`;

const STATISTICS = `
  select 'statistics object', array[x.stxname], nullif(x.stxstattarget::int, -1)::text,
      format('%I.%I', s.nspname, x.stxname), null, null
    from space as s ${joinOwn("pg_statistic_ext", "x")}`;

// A partition has an index for each of its parent's, with a name that PostgreSQL or a person chose.
const INDEX_NAMES = `
  select 'index name', array[r.relname, p.relname], x.relname::text, x.place, null, null
    from relation as r join pg_index as i on i.indrelid = r.oid
    join relation as x on x.oid = i.indexrelid
    join pg_inherits as h on h.inhrelid = x.oid join pg_class as p on p.oid = h.inhparent`;

const PARTS = [
  INDEX_NAMES,
  TRIGGERS,
  RULES,
  CONSTRAINTS,
  DOMAIN_CONSTRAINTS,
  ROW_SECURITY,
  VIEWS,
  IDENTITY,
  CLUSTER,
  OPTIONS,
  COLUMNS,
  STATISTICS,
];

/** The query for rows of `kind, path, value, place, part, standard`. */
export const SETTINGS: string = `
  with space as (select oid, nspname from pg_namespace where nspname = $1), ${INSIDE}, relation as (
    select c.*, format('%I.%I', s.nspname, c.relname) as place,
        case when c.relkind in ('i', 'I') then 'index' when c.relkind = 'm' then 'materialized view'
          else 'table' end as word
      from inside as o join pg_class as c on c.oid = o.oid join space as s on s.oid = c.relnamespace
  ), setting (kind, path, value, place, part, standard) as (
    ${PARTS.join("\n  union all\n  ")}
  )
  select kind, path::text[] as path, value, place, part, standard from setting
   order by kind, path::text[] collate "C"`;
