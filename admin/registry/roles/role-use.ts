// Finds other uses of a role. Roles belong to the whole server: a change of one affects every database that uses it.

import { query } from "../registry.ts";
import type { Transaction } from "../connection/transaction-client.ts";

/** A role that a verb did not change, and the reason. */
export interface KeptRole {
  readonly roleName: string;
  /** The database that uses it. */
  readonly database: string;
}

// pg_shdepend lists privileges, ownership and policies with their database; for shared objects, such as a database,
// dbid is 0. Settings of a role in a database are in pg_db_role_setting.
// https://www.postgresql.org/docs/current/catalog-pg-shdepend.html
const OTHER_DATABASE = `
  with role as (select oid from pg_catalog.pg_roles where rolname = $1),
    here as (select oid from pg_catalog.pg_database where datname = current_database())
  select coalesce(d.datname, 'the server itself') as database
    from (
      select case when s.dbid <> 0 then s.dbid
          when s.classid = 'pg_catalog.pg_database'::regclass then s.objid else 0 end as database
        from pg_catalog.pg_shdepend as s
       where s.refclassid = 'pg_catalog.pg_authid'::regclass and s.refobjid = (select oid from role)
         and (s.dbid <> 0 or s.classid = 'pg_catalog.pg_database'::regclass or s.deptype = 'o')
      union all
      select setdatabase from pg_catalog.pg_db_role_setting
       where setrole = (select oid from role) and setdatabase <> 0
    ) as used
    left join pg_catalog.pg_database as d on d.oid = used.database
   where used.database <> (select oid from here)
   order by used.database limit 1`;

/**
 * Finds another database of the server that uses a role: with objects, privileges, policies or settings.
 * @returns undefined when other databases do not use it, or it does not exist
 */
export async function findRoleElsewhere(
  transaction: Transaction,
  roleName: string,
): Promise<KeptRole | undefined> {
  const [used] = await query<{ database: string }>(transaction, OTHER_DATABASE, [roleName]);
  return used && { roleName, database: used.database };
}

/** Formats a line for a role that was not changed. */
export function describeKeptRole({ roleName, database }: KeptRole): string {
  return `Kept role "${roleName}": database "${database}" uses it`;
}
