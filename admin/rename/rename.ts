// Renames a tenant's schema, role and registry rows in one transaction, while the service serves it. Messages that
// began before finish under the old name or fail; later ones use the new name. The tables are not locked: a statement
// that waits for a table's lock looks the table up again when it gets the lock, and would fail.

import { commandFor } from "../program/form.ts";
import { quoteName } from "../../src/sql/quote-name.ts";
import { AdminError } from "../registry/admin-error.ts";
import { queryWithEvent } from "../events/event.ts";
import { requireUnshared } from "../shared/list.ts";
import { waitForRunning } from "../registry/fence.ts";
import { readInstallation } from "../registry/installation.ts";
import { HOME } from "../registry/others.ts";
import { removePointers } from "../registry/pointer.ts";
import { query, type Registry, type TenantRow } from "../registry/registry.ts";
import { findRoleElsewhere, type KeptRole } from "../registry/roles/role-use.ts";
import { keepOpen, lockTenants } from "../registry/tenants/lock.ts";
import { readRolePrefix } from "../registry/roles/tenant-role.ts";
import { hasTenantRow } from "../registry/tenants/rows.ts";
import { requireTenant } from "../registry/tenants/transition.ts";
import { transact } from "../batch/transact.ts";
import { requireNoPointer } from "../lifecycle/domain.ts";
import { WAIT_MS } from "../lifecycle/status.ts";
import { requireFree, requireParts, requireUnhidden } from "./parts.ts";
import { planTexts } from "./plan.ts";
import { type Renaming, rewriteSettings } from "./settings.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** The result of {@link renameTenant}. */
export interface RenamedTenant {
  readonly schemaName: string;
  readonly before: string;
  /** The role that kept its name, because another database uses it. */
  readonly keptRole: KeptRole | undefined;
  /** How many transactions that began before the change still ran after {@link WAIT_MS}. */
  readonly stillRunning: number;
}

interface RenamePlan {
  readonly tenant: TenantRow;
  readonly renaming: Renaming;
  readonly keptRole: KeptRole | undefined;
  /** Commands that rename objects which migrations named after the schema. */
  readonly names: readonly string[];
}

/**
 * Renames a tenant, and waits until the messages that entered by the old name have ended. Until then the verbs cannot
 * create a tenant of the old name, so that such a message never reaches another tenant's tables: it may fail with
 * 42P01.
 * @param before the schema's current name, checked by parseSchemaName, as is `schemaName`
 * @throws {AdminError} when the tenant does not exist or is in a transition, its schema or role is missing, the new
 *   name is taken, or a text that PostgreSQL does not update contains the old name: nothing was changed then
 */
export function renameTenant(
  registry: Registry,
  before: string,
  schemaName: string,
): Promise<RenamedTenant> {
  requireOther(before, schemaName);
  // This transaction only holds the locks until the wait is over; the change has its own, which ends earlier.
  return registry.withTransaction(async (locks) => {
    await keepOpen(locks);
    await lockTenants(locks, before, schemaName);
    const planned = await registry.withTransaction((transaction) =>
      plan(registry, transaction, before, schemaName),
    );
    await transact(registry, (transaction) => change(registry, transaction, planned));
    const stillRunning = await waitForRunning(registry, WAIT_MS);
    return { schemaName, before, keptRole: planned.keptRole, stillRunning };
  });
}

/** What a rename would do. */
export interface PlannedRename {
  readonly before: string;
  readonly schemaName: string;
  /** The role before and after; the same where it keeps its name. */
  readonly role: readonly [before: string, after: string];
  readonly keptRole: KeptRole | undefined;
  /** Commands that would rename objects which migrations named after the schema. */
  readonly commands: readonly string[];
}

/** Makes the checks of {@link renameTenant}, and changes nothing. Throws as it does. */
export async function planRename(
  registry: Registry,
  before: string,
  schemaName: string,
): Promise<PlannedRename> {
  requireOther(before, schemaName);
  const { renaming, keptRole, names } = await registry.withTransaction((transaction) =>
    plan(registry, transaction, before, schemaName),
  );
  return { before, schemaName, role: renaming.role, keptRole, commands: names };
}

function requireOther(before: string, schemaName: string): void {
  if (before !== schemaName) return;
  throw new AdminError(`Cannot rename tenant: "${before}" is already its name`);
}

/** Checks everything that can fail, before anything changes. */
async function plan(
  registry: Registry,
  transaction: Transaction,
  before: string,
  schemaName: string,
): Promise<RenamePlan> {
  if (await hasTenantRow(transaction, schemaName)) {
    throw new AdminError(
      `Cannot rename tenant: "${schemaName}" is a tenant already; choose another name, or see ` +
        `${commandFor("list-tenants")} to check whether an earlier run renamed it`,
      { code: "name_taken" },
    );
  }
  // Home's pointers keep names; those of another database give way.
  if (registry.database === HOME) await requireNoPointer(transaction, schemaName, "rename tenant");
  const tenant = await requireTenant(transaction, before, "rename tenant");
  await requireParts(transaction, tenant);
  const installation = await readInstallation(transaction);
  requireUnshared("rename tenant", schemaName, installation);
  await requireUnhidden(transaction, tenant, installation.sharedSchemas);
  const { tenantRoles } = installation;
  const keptRole = tenantRoles ? await findRoleElsewhere(transaction, tenant.roleName) : undefined;
  const own = tenantRoles && keptRole === undefined;
  const roleName = own ? `${await readRolePrefix(transaction)}${schemaName}` : tenant.roleName;
  await requireFree(transaction, schemaName, own ? roleName : undefined);
  const renaming: Renaming = {
    schema: [before, schemaName],
    role: [tenant.roleName, roleName],
  };
  const names = await planTexts(registry, transaction, tenant, renaming);
  return { tenant, renaming, keptRole, names };
}

async function change(
  registry: Registry,
  transaction: Transaction,
  { tenant: { version }, renaming, names }: RenamePlan,
): Promise<void> {
  const [[before, schemaName], [oldRole, roleName]] = [renaming.schema, renaming.role];
  const run = (text: string, bind: readonly unknown[] = []): Promise<object[]> =>
    query(transaction, text, bind);
  const { version: now } = await requireTenant(transaction, before, "rename tenant");
  if (now !== version)
    throw new AdminError(
      "Cannot rename tenant: another verb migrated it meanwhile; run the same command again",
    );
  await removePointers(transaction, schemaName, "own", []);
  await run(`alter schema "${before}" rename to "${schemaName}"`);
  if (oldRole !== roleName) {
    await run(`alter role ${quoteName(oldRole)} rename to ${quoteName(roleName)}`);
  }
  await rewriteSettings(transaction, renaming);
  for (const command of names) await run(command);
  const details = {
    schemaName: { before, after: schemaName },
    ...(oldRole !== roleName && { roleName: { before: oldRole, after: roleName } }),
  };
  await queryWithEvent(
    transaction,
    { actor: registry.actor, verb: "rename-tenant", schemaName, details },
    `update rowhouse.tenant set schema_name = $2, role_name = $3 where schema_name = $1 returning schema_name`,
    [before, schemaName, roleName],
  );
  await run("update rowhouse.migration_run set schema_name = $2 where schema_name = $1", [
    before,
    schemaName,
  ]);
}
