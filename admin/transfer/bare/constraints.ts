// Constraints that may object to the source's rows: those that are not valid, those that call the application's own
// functions, and foreign keys, whose other table may be filled later.
// https://www.postgresql.org/docs/current/catalog-pg-constraint.html

import type { ClientBase } from "pg";
import { joinOwn } from "../../registry/relations-of.ts";
import { callsOwnCode, RELATION } from "./relation-query.ts";
import { readSteps, type Step } from "./step.ts";

// Children first, which is the order for putting them back: PostgreSQL merges a parent's with its child's own one.
const CHECKS = `
  ${RELATION}
  select format('alter table %s drop constraint %I', r.place, c.conname) as off,
      format('alter table %s add constraint %I %s', r.place, c.conname, pg_get_constraintdef(c.oid)) as on,
      r.depth, c.oid
    from relation as r join pg_constraint as c on c.conrelid = r.oid
   where c.conislocal and c.conparentid = 0 and (
       c.contype in ('c', 'n') and not c.convalidated
       or c.contype = 'c' and ${callsOwnCode("pg_constraint", "c.oid")}
       or c.contype = 'x' and ${callsOwnCode("pg_class", "c.conindid")})
   order by r.depth desc, c.oid`;

// For a domain within another type, PostgreSQL can only add a constraint that is NOT VALID.
const DOMAINS = `
  ${RELATION}
  select format('alter domain %I.%I drop constraint %I', s.nspname, t.typname, c.conname) as off,
      format('alter domain %I.%I add constraint %I %s', s.nspname, t.typname, c.conname,
        pg_get_constraintdef(c.oid)) as on
    from space as s ${joinOwn("pg_type", "t")}
    join lateral (
      select d.* from pg_constraint as d where d.conrelid = 0 and d.contypid = t.oid and d.contype = 'c' offset 0
    ) as c on true
   where not c.convalidated or ${callsOwnCode("pg_constraint", "c.oid")} and not exists (
       select from pg_attribute as a left join pg_class as k on k.oid = a.attrelid
        where a.atttypid = t.typarray or a.atttypid = t.oid and k.relkind = 'c')
     and not exists (select from pg_range as g where g.rngsubtype = t.oid)
   order by c.oid`;

// A partition's own key is put back first when its name differs from its parent's key, which then adopts it. A valid key
// to a table elsewhere stays: dropping it would lock that table, which all tenants may use, until the rows are loaded.
const FOREIGN_KEYS = `
  ${RELATION}
  select case when f.conparentid = 0 then format('alter table %s drop constraint %I', r.place, f.conname) else '' end as off,
      format('alter table %s add constraint %I %s', r.place, f.conname, pg_get_constraintdef(f.oid)) as on
    from relation as r join pg_constraint as f on f.conrelid = r.oid
    left join pg_constraint as p on p.oid = f.conparentid
   where f.contype = 'f' and (not f.convalidated or f.confrelid in (select oid from relation))
     and (p.oid is null or p.conrelid <> f.conrelid and p.conname <> f.conname)
   order by p.oid is null, r.depth desc, f.oid`;

/** The constraints of a schema that may object to rows. */
export interface ConstraintSteps {
  /** The constraints in the order in which they are taken off and put back. */
  readonly foreignKeys: readonly Step[];
  /** The constraints that are put back in rounds. */
  readonly checks: readonly Step[];
  readonly domains: readonly Step[];
}

/** Reads the constraints. */
export async function readConstraintSteps(
  client: ClientBase,
  schemaName: string,
): Promise<ConstraintSteps> {
  return {
    foreignKeys: await readSteps(client, schemaName, FOREIGN_KEYS),
    checks: await readSteps(client, schemaName, CHECKS),
    domains: await readSteps(client, schemaName, DOMAINS),
  };
}
