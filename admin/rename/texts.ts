// Reads all texts of a schema's objects that a rename does not update: bodies, strings in expressions, arguments,
// options. PostgreSQL stores names in parsed expressions as object ids, which follow a rename.
// https://www.postgresql.org/docs/current/catalogs.html

import { query } from "../registry/registry.ts";
import { INSIDE, joinOwn } from "../registry/relations-of.ts";
import type { TextKind } from "./mentions.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** A text of one of the schema's objects. */
export interface SchemaText {
  /** Its object, without the schema's name, such as `function stamp()`. */
  readonly place: string;
  readonly kind: TextKind;
  readonly text: string;
}

// The schema has the number $1. No other tenant's objects are read.
const SPACE = "(select $1::oid as oid) as s";

// A body that PostgreSQL parsed when it was created has a sqlbody; the body of a C function is a symbol.
const FUNCTIONS = `
  select 'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as place,
      part.kind, part.text
    from ${SPACE}
    ${joinOwn("pg_proc", "p")}
    join pg_language as l on l.oid = p.prolang
   cross join lateral (values
      (case when l.lanname in ('sql', 'plpgsql') then 'code' else 'words' end,
        case when p.prosqlbody is null and l.lanname not in ('c', 'internal') then p.prosrc end),
      ('expression', pg_get_function_sqlbody(p.oid)),
      ('expression', pg_get_expr(p.proargdefaults, 0)),
      ('words', (select string_agg(config, chr(10)) from unnest(p.proconfig) as config
         where config !~ '^(search_path|role|default_text_search_config)='))) as part (kind, text)
   where p.prokind <> 'a'`;

const RELATIONS = `
  with space as (select $1::oid as oid), ${INSIDE}, relation as (
    select c.* from inside as i join pg_class as c on c.oid = i.oid
  )
  select 'default of column ' || a.attname || ' of table ' || r.relname as place, 'expression' as kind,
      pg_get_expr(d.adbin, d.adrelid) as text
    from relation as r
    join pg_attrdef as d on d.adrelid = r.oid
    join pg_attribute as a on a.attrelid = r.oid and a.attnum = d.adnum
  union all
  select 'trigger ' || t.tgname || ' of table ' || r.relname, 'expression', pg_get_triggerdef(t.oid)
    from relation as r join pg_trigger as t on t.tgrelid = r.oid and not t.tgisinternal
  union all
  select 'policy ' || p.polname || ' of table ' || r.relname, 'expression',
      concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    from relation as r join pg_policy as p on p.polrelid = r.oid
  union all
  select case w.rulename when '_RETURN' then 'view ' || r.relname
      else 'rule ' || w.rulename || ' of table ' || r.relname end, 'expression', pg_get_ruledef(w.oid)
    from relation as r join pg_rewrite as w on w.ev_class = r.oid
  union all
  select 'index ' || r.relname, 'expression',
      concat_ws(' ', pg_get_expr(i.indexprs, i.indrelid), pg_get_expr(i.indpred, i.indrelid))
    from relation as r join pg_index as i on i.indexrelid = r.oid
  union all
  select 'partition key of table ' || r.relname, 'expression', pg_get_expr(p.partexprs, p.partrelid)
    from relation as r join pg_partitioned_table as p on p.partrelid = r.oid
  union all
  select 'row filter of table ' || r.relname || ' in a publication', 'expression',
      pg_get_expr(p.prqual, p.prrelid)
    from relation as r join pg_publication_rel as p on p.prrelid = r.oid
  union all
  select 'options of foreign table ' || r.relname, 'words', array_to_string(f.ftoptions, chr(10))
    from relation as r join pg_foreign_table as f on f.ftrelid = r.oid
  union all
  select 'options of column ' || a.attname || ' of table ' || r.relname, 'words',
      array_to_string(a.attfdwoptions, chr(10))
    from relation as r join pg_attribute as a on a.attrelid = r.oid
   where a.attfdwoptions is not null`;

const OTHERS = `
  with type as (select t.* from ${SPACE} ${joinOwn("pg_type", "t")}), space as (select $1::oid as oid), ${INSIDE}, relation as (
    select oid from inside
  )
  select 'constraint ' || c.conname || coalesce(' of table ' || r.relname, ' of type ' || t.typname) as place,
      'expression' as kind, pg_get_expr(c.conbin, c.conrelid) as text
    from (
      select c.* from relation as i join pg_constraint as c on c.conrelid = i.oid
      union all
      select c.* from type as i join pg_constraint as c on c.conrelid = 0 and c.contypid = i.oid
    ) as c
    left join pg_class as r on r.oid = c.conrelid
    left join pg_type as t on t.oid = c.contypid
   where c.contype = 'c'
  union all
  select 'default of type ' || t.typname, 'expression', pg_get_expr(t.typdefaultbin, 0)
    from type as t where t.typdefaultbin is not null
  union all
  select 'statistics ' || x.stxname, 'expression', pg_get_expr(x.stxexprs, x.stxrelid)
    from ${SPACE} ${joinOwn("pg_statistic_ext", "x")}
  union all
  select 'options of text search dictionary ' || d.dictname, 'words', d.dictinitoption
    from pg_ts_dict as d where d.dictnamespace = $1`;

/** Reads the texts of a schema. Sets the search_path of the transaction. */
export async function readTexts(
  transaction: Transaction,
  schemaName: string,
): Promise<readonly SchemaText[]> {
  await query(transaction, "set local search_path = pg_catalog");
  const [schema] = await query<{ oid: string }>(
    transaction,
    "select oid::text from pg_namespace where nspname = $1",
    [schemaName],
  );
  const texts: SchemaText[] = [];
  for (const text of [FUNCTIONS, RELATIONS, OTHERS]) {
    const rows = await query<Omit<SchemaText, "text"> & { readonly text: string | null }>(
      transaction,
      text,
      [schema?.oid ?? "0"],
    );
    for (const { place, kind, text } of rows) {
      // PostgreSQL qualifies types in the arguments.
      const plain = place.replaceAll(`"${schemaName}".`, "").replaceAll(`${schemaName}.`, "");
      if (text !== null && text !== "") texts.push({ place: plain, kind, text });
    }
  }
  return texts;
}

/** A function outside of the schema whose body contains the schema's name. */
export interface Outsider {
  /** The function with its own schema, such as `function public.report()`. */
  readonly place: string;
  readonly text: string;
}

/** Reads the function bodies outside of the schema that contain its name, except those in other tenants' schemas. */
export function readOutsiders(
  transaction: Transaction,
  schemaName: string,
): Promise<readonly Outsider[]> {
  return query<Outsider>(
    transaction,
    `select format('function %s.%s(%s)', n.nspname, p.proname,
         pg_catalog.pg_get_function_identity_arguments(p.oid)) as place, p.prosrc as text
       from pg_catalog.pg_proc as p
       join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
       join pg_catalog.pg_language as l on l.oid = p.prolang
      where n.nspname not in ('pg_catalog', 'information_schema', 'rowhouse', $1)
        and l.lanname not in ('c', 'internal') and position($1 in lower(p.prosrc)) > 0
        and not exists (select from rowhouse.tenant as t where t.schema_name = n.nspname)
        and not exists (select from pg_catalog.pg_depend as d
          where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
      order by 1`,
    [schemaName],
  );
}

/** Reads the names of a schema's relations, functions and types. */
export async function readNames(
  transaction: Transaction,
  schemaName: string,
): Promise<ReadonlySet<string>> {
  const rows = await query<{ name: string }>(
    transaction,
    `with space as (select oid from pg_catalog.pg_namespace where nspname = $1), ${INSIDE}, type as (
       select t.oid, t.typname, t.typarray from space as s ${joinOwn("pg_type", "t")}
       union
       select t.oid, t.typname, t.typarray from inside as i
         join pg_catalog.pg_class as c on c.oid = i.oid
         join pg_catalog.pg_type as t on t.oid = c.reltype
     )
     select c.relname::text as name from inside as i join pg_catalog.pg_class as c on c.oid = i.oid
     union select typname::text from type
     union select a.typname::text from type as t join pg_catalog.pg_type as a on a.oid = t.typarray
     union select m.typname::text from type as t
       join pg_catalog.pg_range as r on r.rngtypid = t.oid
       join pg_catalog.pg_type as m on m.oid = r.rngmultitypid
     union select p.proname::text from space as s ${joinOwn("pg_proc", "p")}`,
    [schemaName],
  );
  return new Set(rows.map(({ name }) => name));
}
