// Drops a tenant: suspends it, backs it up, and then drops a few objects at a time. The registry records each step
// before the next begins, so that a drop that was killed or failed can be run again.

import type { Meter } from "../command/meter.ts";
import { AdminError } from "../registry/admin-error.ts";
import { databaseCode, databaseMessage } from "../registry/database-code.ts";
import { waitForRunning } from "../registry/fence.ts";
import { readInstallation } from "../registry/installation.ts";
import type { Registry, TenantStatus, Transition } from "../registry/registry.ts";
import { withTenantAlone } from "../registry/tenants/lock.ts";
import { readRolePrefix } from "../registry/roles/tenant-role.ts";
import { claimTenant } from "../registry/tenants/transition.ts";
import { transact } from "../batch/transact.ts";
import { updateTenant } from "../events/tenant-change.ts";
import { backUp, type BackupOptions, BackupUseless, requireNewFile } from "./backup.ts";
import { dropRest } from "./drop-rest.ts";
import type { KeptRole } from "../registry/roles/role-use.ts";
import { countItems, dropItems, dropLargeObjects, type DropPlace } from "./objects.ts";
import { requireNoOutsiders } from "./outsiders.ts";
import { requireKind } from "./remnant.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** The transitions in which a tenant can be dropped. */
export const DROPPABLE: readonly Transition[] = ["dropping", "moved"];
const WAIT_MS = 30_000;
const MOST_AT_ONCE = 50;
// out_of_memory, which includes "out of shared memory" for locks.
const NO_ROOM = "53200";

/** The options of {@link dropTenant}. */
export interface DropOptions extends BackupOptions {
  /** True: drop only what a move has left, never a tenant. Otherwise the tenant, and never what a move has left. */
  readonly isRemnant?: boolean;
  /** Counts the dropped objects. */
  readonly meter?: Meter;
}

/** The result of dropping a tenant. */
export interface DroppedTenant {
  readonly schemaName: string;
  /** The full path of the backup, also when an earlier run wrote it; undefined without a backup. */
  readonly backup: string | undefined;
  /** Why the backup was not imported on trial; undefined when it was. */
  readonly unproven: string | undefined;
  /** Changes that an import of the backup does not restore; empty without `lossy`. */
  readonly losses: readonly string[];
  /** The role that was kept because another database uses it. */
  readonly keptRole: KeptRole | undefined;
}

/**
 * Drops a tenant, its role, hosts and records.
 * @param schemaName checked by parseSchemaName
 * @throws {AdminError} when the tenant does not exist, lives elsewhere, is in another transition, the file exists, or
 *   objects outside of the schema depend on it: nothing was changed then. Also for every later fault: the tenant is then suspended
 *   and in transition, and the same command must be run again
 */
export function dropTenant(
  registry: Registry,
  schemaName: string,
  options: DropOptions,
): Promise<DroppedTenant> {
  return withTenantAlone(registry, schemaName, "drop tenant", async () => {
    const place = await begin(registry, schemaName, options);
    try {
      return await finish(registry, place, options);
    } catch (error) {
      if (error instanceof BackupUseless && place.before.transition !== "dropping") {
        await giveBack(registry, place);
        throw new AdminError(
          `Cannot drop tenant: ${error.message}; "${schemaName}" is unchanged; to drop it without ` +
            "a backup, add --no-backup",
          { cause: error },
        );
      }
      const code = databaseCode(error);
      const state = code === undefined ? "" : ` (${code})`;
      const problem = databaseMessage(error).replace(/^Cannot [^:]*: /, "");
      throw new AdminError(
        `Cannot drop tenant: ${problem}${state}; "${schemaName}" is suspended, and other verbs refuse it: ` +
          "run the same command again to finish",
        { cause: error },
      );
    }
  });
}

/** A tenant that is being dropped, with its state before the drop. */
interface Leaver extends DropPlace {
  readonly before: { readonly transition: Transition | null; readonly status: TenantStatus };
}

/** Restores the tenant's state before the drop; call it only before anything was dropped. */
async function giveBack(registry: Registry, { schemaName, before }: Leaver): Promise<void> {
  await transact(registry, async (transaction) => {
    const allowed = ["dropping"] as const;
    const tenant = await claimTenant(transaction, schemaName, "drop tenant", allowed);
    await updateTenant(registry, transaction, "drop-tenant", tenant, before);
  });
}

async function finish(
  registry: Registry,
  place: DropPlace,
  options: DropOptions,
): Promise<DroppedTenant> {
  const { schemaName } = place;
  const running = await waitForRunning(registry, WAIT_MS);
  if (running > 0) {
    throw new AdminError(`${running} transactions that began before it was suspended still run`);
  }
  const backup = await backUp(registry, schemaName, options);
  // An object outside may have become dependent while the backup was written.
  await transact(registry, (transaction) =>
    requireNoOutsiders(transaction, schemaName, place.roleName),
  );
  options.meter?.expect(await countItems(registry, schemaName));
  await inBatches(registry, place, options, dropItems);
  await inBatches(registry, place, options, dropLargeObjects);
  const keptRole = await transact(registry, (transaction) =>
    dropRest(registry, transaction, place, backup?.path),
  );
  const { path, unproven, losses = [] } = backup ?? {};
  return { schemaName, backup: path, unproven, losses, keptRole };
}

/** Marks the tenant as being dropped and suspends it. */
async function begin(
  registry: Registry,
  schemaName: string,
  { backup, isRemnant = false }: DropOptions,
): Promise<Leaver> {
  return transact(registry, async (transaction) => {
    const tenant = await claimTenant(transaction, schemaName, "drop tenant", DROPPABLE);
    await requireKind(transaction, tenant, isRemnant);
    const { tenantRoles } = await readInstallation(transaction);
    const prefix = await readRolePrefix(transaction);
    const isOwn = tenantRoles && tenant.roleName.startsWith(prefix);
    const roleName = isOwn ? tenant.roleName : undefined;
    await requireNoOutsiders(transaction, schemaName, roleName);
    await requireNewFile(transaction, schemaName, backup);
    const { transition, status } = tenant;
    await updateTenant(registry, transaction, "drop-tenant", tenant, {
      transition: "dropping",
      status: "suspended",
    });
    return { schemaName, roleName, before: { transition, status } };
  });
}

type Batch = (transaction: Transaction, place: DropPlace, most: number) => Promise<number>;

/** Runs `drop` in one transaction after another until nothing is left, with fewer objects when lock memory is full. */
async function inBatches(
  registry: Registry,
  place: DropPlace,
  { signal, meter }: DropOptions,
  drop: Batch,
): Promise<void> {
  let most = MOST_AT_ONCE;
  for (;;) {
    if (signal.aborted) throw new AdminError("interrupted");
    try {
      const dropped = await transact(registry, async (transaction) => {
        await claimTenant(transaction, place.schemaName, "drop tenant", ["dropping"]);
        return drop(transaction, place, most);
      });
      if (dropped === 0) return;
      meter?.add(dropped);
    } catch (error) {
      if (databaseCode(error) !== NO_ROOM || most === 1) throw error;
      most = Math.ceil(most / 2);
    }
  }
}
