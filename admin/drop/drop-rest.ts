// The last transaction of a drop: the rest of the schema, the role and the registry rows.

import type { Transaction } from "sequelize";
import { quoteName } from "../../src/sql/quote-name.ts";
import { query, type Registry } from "../registry/registry.ts";
import { claimTenant } from "../registry/transition.ts";
import type { KeptRole } from "../registry/role-use.ts";
import { requireNoOutsiders } from "./outsiders.ts";
import { claimRole } from "../registry/claim-role.ts";

/**
 * Drops the schema, the role and the registry rows. The schema or the role may be missing.
 * @param roleName undefined when the tenant does not have its own role
 * @returns the role when it was kept for another database; else undefined
 */
export async function dropRest(
  registry: Registry,
  transaction: Transaction,
  schemaName: string,
  roleName: string | undefined,
): Promise<KeptRole | undefined> {
  const run = (text: string, ...bind: string[]): Promise<object[]> =>
    query(transaction, text, bind);
  await claimTenant(registry, transaction, schemaName, "drop tenant", ["dropping"]);
  await requireNoOutsiders(transaction, schemaName, roleName);
  await run(`drop schema if exists "${schemaName}" cascade`);
  const role = roleName === undefined ? undefined : await claimRole(transaction, roleName);
  if (typeof role === "string") {
    await run(`drop owned by ${quoteName(role)}`);
    await run(`drop role ${quoteName(role)}`);
  }
  await run("delete from rowhouse.domain where schema_name = $1", schemaName);
  await run("delete from rowhouse.migration_run where schema_name = $1", schemaName);
  await run("delete from rowhouse.tenant where schema_name = $1", schemaName);
  return typeof role === "object" ? role : undefined;
}
