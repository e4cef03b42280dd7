// Parts of the queries for objects that may object to rows.

import { INSIDE } from "../../registry/relations-of.ts";

/** A WITH of `relation`: the schema's relations with their places, and their depth below their parents. */
export const RELATION: string = `
  with recursive space as (select oid, nspname from pg_namespace where nspname = $1), ${INSIDE}, depth (oid, depth) as (
    select c.oid, 0 from inside as c
     where not exists (select from pg_inherits as i where i.inhrelid = c.oid)
    union all
    select i.inhrelid, d.depth + 1 from depth as d join pg_inherits as i on i.inhparent = d.oid
  ), relation as (
    select c.*, format('%I.%I', s.nspname, c.relname) as place,
        (select max(d.depth) from depth as d where d.oid = c.oid) as depth
      from inside as o join pg_class as c on c.oid = o.oid join space as s on s.oid = c.relnamespace
  )`;

/**
 * Whether an object calls a function or operator that is not part of PostgreSQL, which may read other tables,
 * settings or the clock. PostgreSQL's own objects do not have rows in pg_depend.
 */
export function callsOwnCode(catalog: string, oid: string): string {
  return `exists (select from pg_depend as d where d.classid = '${catalog}'::regclass and d.objid = ${oid}
    and d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass))`;
}
