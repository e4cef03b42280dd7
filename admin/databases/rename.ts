// Renames a tenant that lives elsewhere. Home has the new name first, and lets the old one go last; between the two its
// hosts lead to the tenant as before.

import { requireNoPointer } from "../lifecycle/domain.ts";
import { AdminError } from "../registry/admin-error.ts";
import { findPointer, readPointer } from "../registry/pointer.ts";
import { query, type Registry } from "../registry/registry.ts";
import { lockTenants, withTenantAlone } from "../registry/tenants/lock.ts";
import { hasTenantRow } from "../registry/tenants/rows.ts";
import {
  type PlannedRename,
  planRename,
  type RenamedTenant,
  renameTenant,
} from "../rename/rename.ts";
import { isManyfold } from "./find.ts";
import { requireNoRemnants } from "./remnants.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

const ACTION = "rename tenant";

/**
 * Renames a tenant, wherever it is. A run that was killed is continued by the same command.
 * @throws {AdminError} as renameTenant, and when a move has left something of the tenant
 */
export async function renameAnywhere(
  home: Registry,
  before: string,
  schemaName: string,
): Promise<RenamedTenant> {
  if (!isManyfold(home)) return renameTenant(home, before, schemaName);
  const { database } = await requireNoRemnants(home, before, ACTION);
  if (database === home.database || before === schemaName) {
    return renameTenant(home, before, schemaName);
  }
  // Both names, so that nobody creates or drops a tenant of the one or the other meanwhile.
  return withTenantAlone(home, before, ACTION, () =>
    withTenantAlone(home, schemaName, ACTION, async () => {
      const there = await requireNoRemnants(home, before, ACTION);
      const isRenamed =
        (await findPointer(home, schemaName)) === there.database &&
        (await there.Tenant.findByPk(before)) === null &&
        (await home.Domain.findOne({ where: { schemaName } })) === null;
      if (isRenamed) {
        await letGo(home, before, schemaName);
        return { schemaName, before, keptRole: undefined, stillRunning: 0 };
      }
      await claim(home, there, schemaName);
      const renamed = await rename(home, there, before, schemaName);
      await letGo(home, before, schemaName);
      return renamed;
    }),
  );
}

/** Makes the checks of {@link renameAnywhere}, and changes nothing. Throws as it does. */
export async function planRenameAnywhere(
  home: Registry,
  before: string,
  schemaName: string,
): Promise<PlannedRename> {
  if (!isManyfold(home)) return planRename(home, before, schemaName);
  const there = await requireNoRemnants(home, before, ACTION);
  if (there.database !== home.database && before !== schemaName) {
    await home.withTransaction((transaction) => requireFreeAtHome(transaction, there, schemaName));
  }
  return planRename(there, before, schemaName);
}

/** Takes the new name at home. */
async function claim(home: Registry, there: Registry, schemaName: string): Promise<void> {
  await home.withTransaction(async (transaction) => {
    await lockTenants(transaction, schemaName);
    if (await requireFreeAtHome(transaction, there, schemaName)) return;
    await query(
      transaction,
      "insert into rowhouse.pointer (schema_name, database) values ($1, $2)",
      [schemaName, there.database],
    );
  });
}

/**
 * Refuses a name that another tenant has.
 * @returns whether a run that was killed has taken it for this tenant
 * @throws {AdminError} name_taken
 */
async function requireFreeAtHome(
  transaction: Transaction,
  there: Registry,
  schemaName: string,
): Promise<boolean> {
  if (await hasTenantRow(transaction, schemaName)) {
    throw new AdminError(
      `Cannot ${ACTION}: "${schemaName}" is a tenant already; choose another name`,
      { code: "name_taken" },
    );
  }
  const claimed = await readPointer(transaction, schemaName);
  const isOwn = claimed === there.database && (await there.Tenant.findByPk(schemaName)) === null;
  if (!isOwn) await requireNoPointer(transaction, schemaName, ACTION);
  return isOwn;
}

async function rename(
  home: Registry,
  there: Registry,
  before: string,
  schemaName: string,
): Promise<RenamedTenant> {
  try {
    return await renameTenant(there, before, schemaName);
  } catch (error) {
    if ((await there.Tenant.findByPk(schemaName)) === null) {
      await home.withTransaction((transaction) =>
        query(
          transaction,
          "delete from rowhouse.pointer where schema_name = $1 and database = $2",
          [schemaName, there.database],
        ),
      );
    }
    throw error;
  }
}

/** Gives the hosts to the new name, and removes the old one. */
async function letGo(
  { withTransaction }: Registry,
  before: string,
  schemaName: string,
): Promise<void> {
  await withTransaction(async (transaction) => {
    await lockTenants(transaction, before, schemaName);
    await query(
      transaction,
      "update rowhouse.domain set schema_name = $2 where schema_name = $1 and database is not null",
      [before, schemaName],
    );
    await query(transaction, "delete from rowhouse.pointer where schema_name = $1", [before]);
  });
}
