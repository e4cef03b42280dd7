// The backup of a tenant that is being dropped. Where it is stands in the registry before anything is
// dropped: a drop that is run again makes no second one of what is left, and never writes over the first.

import { access, unlink } from "node:fs/promises";
import { resolve } from "node:path";
import type { Transaction } from "sequelize";
import { AdminError } from "../registry/admin-error.ts";
import { databaseCode, databaseMessage, isConnectionLost } from "../registry/database-code.ts";
import { query, type Registry } from "../registry/registry.ts";
import { exportTenant } from "../transfer/export-tenant.ts";
import { requireNoLosses } from "../transfer/shape/rehearsal.ts";
import { proveArchive } from "../transfer/prove-archive.ts";
import { transact } from "../batch/transact.ts";

// insufficient_resources
const NO_ROOM = /^53/;

/** A backup that was made. */
export interface Backup {
  /** Its whole path. */
  readonly path: string;
  /** Why nobody knows that it can come back; undefined when it was imported, and that rolled back. */
  readonly unproven: string | undefined;
  /** What the tenant had and no import brings back; empty unless it was to be lossy. */
  readonly losses: readonly string[];
}

/** How the backup is made. */
export interface BackupOptions {
  /** The file; undefined for none. */
  readonly backup: string | undefined;
  /** Take a backup that lacks what no copy of the tenant would have. */
  readonly lossy?: boolean | undefined;
  /** Import it before anything is dropped, and roll that back; left out, it is done. */
  readonly prove?: boolean | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** The backup cannot come back; nothing has been dropped. */
export class BackupUseless extends AdminError {}

/**
 * Makes it, unless an earlier run has made it or has begun to drop without. Killed between the file and the
 * registry, the next run makes another, of the same: nothing was dropped by then. There is none of a schema that
 * is missing.
 * @returns undefined when there is none
 * @throws {BackupUseless} when it could not be imported again
 */
export async function backUp(
  registry: Registry,
  schemaName: string,
  options: BackupOptions,
): Promise<Backup | undefined> {
  const { backup: file } = options;
  const { sequelize } = registry;
  const { made, hasSchema } = await sequelize.transaction(async (transaction) => ({
    made: await findBackup(transaction, schemaName),
    hasSchema: await isSchema(transaction, schemaName),
  }));
  if (made !== undefined) {
    return made === "" ? undefined : { path: made, unproven: undefined, losses: [] };
  }
  const path = file === undefined || !hasSchema ? undefined : resolve(file);
  const backup =
    path === undefined ? undefined : await exportAndProve(registry, schemaName, path, options);
  await transact(registry, (transaction) =>
    query(transaction, "update rowhouse.tenant set backup = $2 where schema_name = $1", [
      schemaName,
      path ?? "",
    ]),
  );
  return backup;
}

async function exportAndProve(
  registry: Registry,
  schemaName: string,
  path: string,
  { lossy = false, prove = true, signal }: BackupOptions,
): Promise<Backup> {
  try {
    const { losses } = await exportTenant(registry, schemaName, path, {
      allowed: ["dropping"],
      signal,
    });
    if (!lossy) requireNoLosses("drop tenant", schemaName, losses);
    const unproven = prove ? await tryImport(registry, path, lossy) : "nobody has tried it";
    return { path, unproven, losses };
  } catch (error) {
    if (signal.aborted || isConnectionLost(error)) throw error;
    const isFile = await exists(path);
    if (isFile) await unlink(path);
    const problem = databaseMessage(error).replace(/^Cannot [^:]*: /, "");
    throw new BackupUseless(isFile ? `its backup could not come back: ${problem}` : problem, {
      cause: error,
    });
  }
}

/** Returns why it could not be tried, which says nothing of the backup. */
async function tryImport(
  registry: Registry,
  path: string,
  lossy: boolean,
): Promise<string | undefined> {
  try {
    await proveArchive(registry, path, lossy);
    return undefined;
  } catch (error) {
    if (!NO_ROOM.test(databaseCode(error) ?? "")) throw error;
    return `the server had no room to import it: ${databaseMessage(error)}`;
  }
}

/**
 * Refuses a file that exists, unless the backup was made before.
 * @throws {AdminError} that says so
 */
export async function requireNewFile(
  transaction: Transaction,
  schemaName: string,
  file: string | undefined,
): Promise<void> {
  if (file === undefined || !(await exists(file))) return;
  if ((await findBackup(transaction, schemaName)) !== undefined) return;
  throw new AdminError(
    `Cannot drop tenant: ${JSON.stringify(file)} exists; name another file with --backup`,
  );
}

/** Undefined while it is not decided, "" when the tenant is dropped without. */
async function findBackup(
  transaction: Transaction,
  schemaName: string,
): Promise<string | undefined> {
  const text = "select backup from rowhouse.tenant where schema_name = $1";
  const [row] = await query<{ backup: string | null }>(transaction, text, [schemaName]);
  return row?.backup ?? undefined;
}

async function isSchema(transaction: Transaction, schemaName: string): Promise<boolean> {
  const text = "select from pg_catalog.pg_namespace where nspname = $1";
  return (await query(transaction, text, [schemaName])).length > 0;
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
