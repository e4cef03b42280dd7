// Ends the sharing of schemas.

import { AdminError } from "../registry/admin-error.ts";
import { query } from "../registry/registry.ts";
import { findDependents } from "./dependents.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

const MOST_NAMES = 3;

/**
 * Takes from PUBLIC what openSharedSchemas() gave it: the default privileges, and SELECT on tables that do not
 * belong to an extension. USAGE stays, and so does what PostgreSQL gives PUBLIC by itself.
 * @throws {AdminError} when objects of tenants depend on the schema
 */
export async function closeSharedSchemas(
  transaction: Transaction,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const dependents = await findDependents(transaction, name);
    if (dependents.length > 0) {
      const first = dependents.slice(0, MOST_NAMES).map(({ object }) => object);
      const more =
        dependents.length > MOST_NAMES ? ` and ${dependents.length - MOST_NAMES} more` : "";
      throw new AdminError(
        `Cannot stop sharing schema ${JSON.stringify(name)}: ${first.join(", ")}${more} depend on it; ` +
          "change these by a migration first",
      );
    }
  }
  const commands = await query<{ command: string }>(transaction, CLOSING, [names]);
  for (const { command } of commands) await query(transaction, command);
}

const CLOSING = `
  with shared as (select oid, nspname from pg_catalog.pg_namespace where nspname = any($1::text[]))
  select format('alter default privileges in schema %I revoke all on %s from public', nspname,
      case d.defaclobjtype when 'r' then 'tables' when 'f' then 'functions' else 'types' end) as command
    from shared
    join pg_catalog.pg_default_acl as d on d.defaclnamespace = shared.oid and d.defaclobjtype in ('r', 'f', 'T')
    join pg_catalog.pg_roles as me on me.oid = d.defaclrole and me.rolname = current_user
  union all
  select format('revoke select on %I.%I from public', nspname, c.relname)
    from shared join pg_catalog.pg_class as c on c.relnamespace = shared.oid
   where c.relkind in ('r', 'p', 'v', 'm', 'f') and pg_has_role(c.relowner, 'USAGE')
     and not exists (select from pg_catalog.pg_depend as d where d.classid = 'pg_catalog.pg_class'::regclass
       and d.objid = c.oid and d.deptype = 'e')`;
