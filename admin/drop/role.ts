// The role of a tenant that is being dropped.

import type { Transaction } from "sequelize";
import { quoteName } from "../../src/sql/quote-name.ts";
import { query } from "../registry/registry.ts";
import { type AdminRole, readAdminRole } from "../registry/service-role.ts";

/** Why a role was left: another database uses it. */
export interface KeptRole {
  readonly roleName: string;
  readonly database: string;
}

/**
 * The tenant's own role, when there is one that may be dropped: not one that another database uses, and the
 * admin role has been made a member, which who drops what a role owns must be.
 */
export async function claimRole(
  transaction: Transaction,
  roleName: string,
): Promise<string | KeptRole | undefined> {
  const [role] = await query<{ member: boolean; database: string | null }>(
    transaction,
    `select pg_has_role(r.oid, 'USAGE') as member,
       (select coalesce(d.datname, 'the server itself') from pg_catalog.pg_shdepend as s
          left join pg_catalog.pg_database as d
            on d.oid = case when s.dbid = 0 then s.objid else s.dbid end
         where s.refclassid = 'pg_catalog.pg_authid'::regclass and s.refobjid = r.oid
           and case when s.dbid = 0 then s.deptype = 'o'
               else s.dbid <> (select oid from pg_catalog.pg_database
                 where datname = current_database()) end
         limit 1) as database
       from pg_catalog.pg_roles as r where r.rolname = $1`,
    [roleName],
  );
  if (role === undefined) return undefined;
  if (role.database !== null) return { roleName, database: role.database };
  if (!role.member) {
    const admin = await readAdminRole(transaction);
    await query(transaction, grantTo(admin, roleName));
  }
  return roleName;
}

function grantTo(admin: AdminRole, roleName: string): string {
  const options = admin.serverVersion >= 16 ? " with inherit true, set true" : "";
  return `grant ${quoteName(roleName)} to ${quoteName(admin.name)}${options}`;
}
