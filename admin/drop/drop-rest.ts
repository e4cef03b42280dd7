// The last transaction of a drop: what is left of the schema, the role and the registry rows, together.

import type { Transaction } from "sequelize";
import { quoteName } from "../../src/sql/quote-name.ts";
import { query, type Registry } from "../registry/registry.ts";
import { claimTenant } from "../registry/transition.ts";
import type { KeptRole } from "../registry/role-use.ts";
import { requireNoOutsiders } from "./outsiders.ts";
import { claimRole } from "./role.ts";

/**
 * Drops them. Works when the schema or the role is missing.
 * @param roleName undefined where the tenant has no role of its own
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
