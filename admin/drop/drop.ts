// A tenant's end: refused to everybody, backed up, and then dropped a few objects at a time. The registry has
// each step before the next begins, so that a drop which was killed or failed is simply run again.

import type { Transaction } from "sequelize";
import type { Meter } from "../command/meter.ts";
import { AdminError } from "../registry/admin-error.ts";
import { databaseCode, databaseMessage } from "../registry/database-code.ts";
import { waitForRunning } from "../registry/fence.ts";
import { readInstallation } from "../registry/installation.ts";
import type { Registry, TenantStatus, Transition } from "../registry/registry.ts";
import { withTenantAlone } from "../registry/tenant-lock.ts";
import { readRolePrefix } from "../registry/tenant-role.ts";
import { claimTenant } from "../registry/transition.ts";
import { transact } from "../batch/transact.ts";
import { backUp, type BackupOptions, BackupUseless, requireNewFile } from "./backup.ts";
import { dropRest } from "./drop-rest.ts";
import type { KeptRole } from "../registry/role-use.ts";
import { countItems, dropItems, dropLargeObjects, type DropPlace } from "./objects.ts";
import { requireNoOutsiders } from "./outsiders.ts";

const ALLOWED: readonly Transition[] = ["dropping", "moved"];
const WAIT_MS = 30_000;
const MOST_AT_ONCE = 50;
// out_of_memory, of which "out of shared memory", where the locks are, is one.
const NO_ROOM = "53200";

/** How a tenant is to be dropped. */
export interface DropOptions extends BackupOptions {
  /** Counts the objects of its schema. */
  readonly meter?: Meter;
}

/** The result of dropping a tenant. */
export interface DroppedTenant {
  readonly schemaName: string;
  /** The backup's whole path, be it of an earlier run; undefined when there is none. */
  readonly backup: string | undefined;
  /** Why nobody knows that the backup can come back; undefined when that was tried. */
  readonly unproven: string | undefined;
  /** What an import of the backup does not bring back; empty unless it was to be lossy. */
  readonly losses: readonly string[];
  /** The role that was left, because another database uses it. */
  readonly keptRole: KeptRole | undefined;
}

/**
 * Drops a tenant, its role, hosts and records.
 * @param schemaName checked by parseSchemaName
 * @throws {AdminError} when there is no such tenant, a longer change of another kind has not ended, the file
 *   exists, or something outside of the schema stands on it: nothing was changed then; and for any fault
 *   later: the tenant is then suspended and in transition, and the same is to be run again
 */
export function dropTenant(
  registry: Registry,
  schemaName: string,
  options: DropOptions,
): Promise<DroppedTenant> {
  return withTenantAlone(registry, schemaName, "drop tenant", async () => {
    const place = await begin(registry, schemaName, options.backup);
    try {
      return await finish(registry, place, options);
    } catch (error) {
      if (error instanceof BackupUseless && place.before.transition !== "dropping") {
        await giveBack(registry, place);
        throw new AdminError(
          `Cannot drop tenant: ${error.message}; "${schemaName}" is as it was before; to drop it without ` +
            "a backup, say --no-backup",
          { cause: error },
        );
      }
      const code = databaseCode(error);
      const state = code === undefined ? "" : ` (${code})`;
      const problem = databaseMessage(error).replace(/^Cannot [^:]*: /, "");
      throw new AdminError(
        `Cannot drop tenant: ${problem}${state}; "${schemaName}" is suspended, and no other verb takes it: ` +
          "run the same again to finish",
        { cause: error },
      );
    }
  });
}

/** What a drop knows of the tenant. */
interface Leaver extends DropPlace {
  readonly before: { readonly transition: Transition | null; readonly status: TenantStatus };
}

/** Nothing has been dropped. */
async function giveBack(registry: Registry, { schemaName, before }: Leaver): Promise<void> {
  await transact(registry, async (transaction) => {
    const allowed = ["dropping"] as const;
    const tenant = await claimTenant(registry, transaction, schemaName, "drop tenant", allowed);
    await tenant.update(before, { transaction });
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
  // Something outside may depend on it since the backup was written.
  await transact(registry, (transaction) =>
    requireNoOutsiders(transaction, schemaName, place.roleName),
  );
  options.meter?.expect(await countItems(registry, schemaName));
  await inBatches(registry, place, options, dropItems);
  await inBatches(registry, place, options, dropLargeObjects);
  const keptRole = await transact(registry, (transaction) =>
    dropRest(registry, transaction, schemaName, place.roleName),
  );
  const { path, unproven, losses = [] } = backup ?? {};
  return { schemaName, backup: path, unproven, losses, keptRole };
}

/** Closes the tenant to everybody. */
async function begin(
  registry: Registry,
  schemaName: string,
  backup: string | undefined,
): Promise<Leaver> {
  return transact(registry, async (transaction) => {
    const tenant = await claimTenant(registry, transaction, schemaName, "drop tenant", ALLOWED);
    const { tenantRoles } = await readInstallation(transaction);
    const prefix = await readRolePrefix(transaction);
    const isOwn = tenantRoles && tenant.roleName.startsWith(prefix);
    const roleName = isOwn ? tenant.roleName : undefined;
    await requireNoOutsiders(transaction, schemaName, roleName);
    await requireNewFile(transaction, schemaName, backup);
    const { transition, status } = tenant;
    await tenant.update({ transition: "dropping", status: "suspended" }, { transaction });
    return { schemaName, roleName, before: { transition, status } };
  });
}

type Batch = (transaction: Transaction, place: DropPlace, most: number) => Promise<number>;

/** Runs `drop` in a transaction each until there is nothing left, with fewer at once when there is no room. */
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
        await claimTenant(registry, transaction, place.schemaName, "drop tenant", ["dropping"]);
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
