// The relations of one schema. The catalogs have no index by schema, so that a look at one tenant would read the relations
// of all; pg_depend has one, and each relation depends on its schema.

const ON_SCHEMA = `refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
  and classid = 'pg_catalog.pg_class'::pg_catalog.regclass`;

/**
 * Writes a query for the numbers of a schema's relations, without indexes and composite types.
 * @param parameter the place of the schema's name, such as `$1`
 */
export function relationsOf(parameter: string): string {
  return `select objid from pg_catalog.pg_depend where ${ON_SCHEMA}
    and refobjid = (select oid from pg_catalog.pg_namespace where nspname = ${parameter})`;
}

/** The table `inside (oid)` of a WITH, after a table `space` with the schema's `oid`: its relations and their indexes. */
export const INSIDE: string = `directly_inside (oid) as (
    select d.objid from space as s join pg_catalog.pg_depend as d on ${ON_SCHEMA} and d.refobjid = s.oid
  ), inside (oid) as (
    select oid from directly_inside
    union
    select i.indexrelid from directly_inside as o join pg_catalog.pg_index as i on i.indrelid = o.oid
  )`;

/**
 * Writes a JOIN with the objects of a catalog that depend on a schema. An AND may follow. OFFSET keeps PostgreSQL from joining
 * the whole catalog, which it would when it expects many schemas.
 * @param catalog such as "pg_type": without the row types of tables and the types of arrays
 * @param alias the name of the object's row
 * @param schema the column before it in the FROM that has the schema's number
 */
export function joinOwn(catalog: string, alias: string, schema = "s.oid"): string {
  return `join lateral (
      select o.* from pg_catalog.pg_depend as d join pg_catalog.${catalog} as o on o.oid = d.objid
       where d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass and d.refobjid = ${schema}
         and d.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass offset 0
    ) as ${alias} on true`;
}
