// Roles belong to the whole server: a change of one is a change in every database that uses it.

import type { Transaction } from "sequelize";
import { query } from "./registry.ts";

/** A role that was left as it is, and why. */
export interface KeptRole {
  readonly roleName: string;
  /** The database that uses it. */
  readonly database: string;
}

// Privileges, ownership and policies stand in pg_shdepend with their database; of what is shared itself, such as a
// database, dbid is 0. Settings of a role in a database stand apart.
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
 * @returns undefined when none does, or there is no such role
 */
export async function findRoleElsewhere(
  transaction: Transaction,
  roleName: string,
): Promise<KeptRole | undefined> {
  const [used] = await query<{ database: string }>(transaction, OTHER_DATABASE, [roleName]);
  return used && { roleName, database: used.database };
}

/** A line for a role that was left. */
export function describeKeptRole({ roleName, database }: KeptRole): string {
  return `Left role "${roleName}": database "${database}" uses it`;
}
