// The query beneath a fingerprint: every object of the schemas in $1, each with a definition. Read from the
// catalogs, never from information_schema, which leaves out what the reader may not use.
// https://www.postgresql.org/docs/current/catalogs.html

import { CONSTRAINTS, HASHED_CONSTRAINTS, HASHED_INDEXES, INDEXES } from "./keys.ts";
import { OTHER_OBJECTS, owned } from "./other-objects.ts";

// A constraint's index belongs to the constraint. PostgreSQL 18 lists NOT NULL as a constraint as well ('n'), but the
// columns already include it. A foreign key to a partitioned table has another one for each of its partitions, whose
// names depend on the order in which those were made.
const RELATIONS = `
  select r.schema, r.owner, ''::text as part, concat_ws(' ',
      case r.relpersistence when 'u' then 'unlogged' end,
      case when r.relrowsecurity then 'row level security' end,
      case when r.relforcerowsecurity then 'forced' end,
      case when r.reloptions is not null then 'with ' || r.reloptions::text end,
      case when r.relkind = 'p' then 'partition by ' || pg_get_partkeydef(r.oid) end,
      case when r.relispartition then pg_get_expr(r.relpartbound, r.oid) end,
      (select 'inherits ' || string_agg(i.inhparent::regclass::text, ', ' order by i.inhseqno)
         from pg_inherits as i where i.inhrelid = r.oid),
      case when r.relkind in ('r', 'p') and r.relreplident <> 'd' then 'replica identity ' || r.relreplident::text end,
      case when r.relkind in ('v', 'm') then pg_get_viewdef(r.oid) end,
      (select 'in tablespace ' || spcname from pg_tablespace as s where s.oid = r.reltablespace),
      (select 'using ' || amname from pg_am as m
        where m.oid = r.relam and r.relkind in ('r', 'm') and m.amname <> 'heap'),
      (select 'of ' || s.srvname || ' ' || f.ftoptions::text from pg_foreign_table as f
         join pg_foreign_server as s on s.oid = f.ftserver where f.ftrelid = r.oid),
      (select 'owned by ' || d.refobjid::regclass || '.' || a.attname from pg_depend as d
         join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
        where r.relkind = 'S' and d.classid = 'pg_class'::regclass and d.objid = r.oid
          and d.refclassid = 'pg_class'::regclass and d.deptype = 'a'),
      ${owned("r.relowner")},
      (select concat_ws(' ', format_type(s.seqtypid, null), 'start', s.seqstart, 'by', s.seqincrement,
           'from', s.seqmin, 'to', s.seqmax, 'cache', s.seqcache, case when s.seqcycle then 'cycle' end)
         from pg_sequence as s where r.relkind = 'S' and s.seqrelid = r.oid)) as definition
    from relation as r`;

// A default cannot name a column. With the table's number, PostgreSQL would open the table for it and keep 5 kB of it in
// the session's memory.
const COLUMNS = `
  select r.schema, r.owner, 'column "' || a.attname || '"', concat_ws(' ',
      format_type(a.atttypid, a.atttypmod),
      case when a.attcollation <> t.typcollation then 'collate ' || a.attcollation::regcollation end,
      case when a.attstorage <> t.typstorage then 'storage ' || a.attstorage::text end,
      case when a.attcompression <> '' then 'compression ' || a.attcompression::text end,
      case when a.attnotnull then 'not null' end,
      case when a.attgenerated <> '' then 'generated ' || a.attgenerated::text end,
      case when a.attidentity <> '' then 'identity ' || a.attidentity::text end,
      'default ' || pg_get_expr(d.adbin, case a.attgenerated when '' then 0 else d.adrelid end))
    from relation as r
    join pg_attribute as a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    join pg_type as t on t.oid = a.atttypid
    left join pg_attrdef as d on d.adrelid = r.oid and d.adnum = a.attnum
   where r.relkind in ('r', 'p', 'f', 'c') or r.relkind = 'v' and d.oid is not null`;

// Privileges on a column beyond those on its table.
const COLUMN_GRANTS = `
  select r.schema, r.owner, 'grants on column "' || a.attname || '"',
      (select string_agg(concat_ws(' ', e.privilege_type, 'to', coalesce(u.rolname, 'public'),
           case when e.is_grantable then 'with grant option' end), ', '
           order by coalesce(u.rolname, 'public') collate "C", e.privilege_type)
         from aclexplode(a.attacl) as e left join pg_roles as u on u.oid = e.grantee)
    from relation as r
    join pg_attribute as a on a.attrelid = r.oid and a.attacl is not null and not a.attisdropped
   where array_length(a.attacl, 1) > 0`;

const TRIGGERS = `
  select r.schema, r.owner, 'trigger "' || t.tgname || '"',
      pg_get_triggerdef(t.oid) || case t.tgenabled when 'O' then '' else ' enabled ' || t.tgenabled::text end
    from relation as r join pg_trigger as t on t.tgrelid = r.oid and not t.tgisinternal`;

const POLICIES = `
  select r.schema, r.owner, 'policy "' || p.polname || '"', concat_ws(' ',
      case when p.polpermissive then 'permissive' else 'restrictive' end, p.polcmd, 'to',
      (select string_agg(coalesce(u.rolname, 'public'), ', ' order by u.rolname)
         from unnest(p.polroles) as role left join pg_roles as u on u.oid = role),
      'using ' || pg_get_expr(p.polqual, p.polrelid),
      'with check ' || pg_get_expr(p.polwithcheck, p.polrelid))
    from relation as r join pg_policy as p on p.polrelid = r.oid`;

const RULES = `
  select r.schema, r.owner, 'rule "' || w.rulename || '"', pg_get_ruledef(w.oid)
    from relation as r join pg_rewrite as w on w.ev_class = r.oid and w.rulename <> '_RETURN'`;

const STATISTICS = `
  select r.schema, r.owner, 'statistics "' || s.stxname || '"', pg_get_statisticsobjdef(s.oid)
    from relation as r join pg_statistic_ext as s on s.stxrelid = r.oid`;

const ofRelations = (keys: readonly string[]): readonly string[] => [
  RELATIONS,
  COLUMNS,
  COLUMN_GRANTS,
  ...keys,
  TRIGGERS,
  POLICIES,
  RULES,
  STATISTICS,
];

// An object depends on its schema, and pg_depend has an index by that; the catalogs have none by schema. The row type of
// a composite type depends on its type. Each row carries the schema's name: a join with the names at the end would
// compare each object with each schema.
const NAMESPACE = `
  namespace as (
    select oid, nspname::text as nspname, nspowner from pg_namespace where nspname = any($1::text[])
  )`;

const KINDS = `c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c')`;
const OWNER = `case c.relkind when 'v' then 'view ' when 'm' then 'materialized view '
        when 'S' then 'sequence ' when 'c' then 'type ' when 'f' then 'foreign table ' else 'table ' end
        || '"' || c.relname || '"'`;

const union = (parts: readonly string[]): string => `
  objects (schema, owner, part, definition) as (
    ${parts.join("\n  union all\n  ")}
  )`;

const TEXTS = [CONSTRAINTS, INDEXES];
const FACTS = [HASHED_CONSTRAINTS, HASHED_INDEXES];

const objectsWith = (keys: readonly string[]): string => `${NAMESPACE}, inside as (
    select n.oid, n.nspname, n.nspowner, d.classid, d.objid from namespace as n
      join pg_depend as d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = n.oid and d.deptype = 'n'
  ), relation as (
    select c.*, n.nspname as schema, n.nspowner, ${OWNER} as owner
      from (
        select classid, objid, nspname, nspowner from inside
        union all
        select 'pg_class'::regclass, t.typrelid, nspname, nspowner from inside as i
          join pg_type as t on i.classid = 'pg_type'::regclass and t.oid = i.objid and t.typrelid <> 0
      ) as n
      join pg_class as c on n.classid = 'pg_class'::regclass and c.oid = n.objid
     where ${KINDS}
  ), ${union([...ofRelations(keys), ...OTHER_OBJECTS])}`;

/** The tables `inside` and `objects (schema, owner, part, definition)` of a WITH; $1 is text[]. */
export const OBJECTS: string = objectsWith(TEXTS);

/** The same with definitions for a hash: equal for equal objects, and not for a person. */
export const HASHED_OBJECTS: string = objectsWith(FACTS);

/**
 * As {@link HASHED_OBJECTS}, for some relations of one schema with what belongs to them: $2 has their owners, and $3 their names, both
 * text[]. The schema's number as a subquery keeps PostgreSQL from reading the relations of these names in all schemas.
 */
export const HASHED_RELATION_OBJECTS: string = `${NAMESPACE}, relation as (
    select c.*, n.nspname as schema, n.nspowner, ${OWNER} as owner
      from namespace as n, pg_class as c
     where c.relnamespace = (select oid from namespace) and c.relname = any($3::text[]) and ${KINDS} and ${OWNER} = any($2::text[])
  ), ${union(ofRelations(FACTS))}`;
