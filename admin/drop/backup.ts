// Backs up a tenant that is being dropped. The registry records the backup's path before anything is dropped, so that
// a second run does not back up the remaining objects and never overwrites the first backup.

import { access, unlink } from "node:fs/promises";
import { resolve } from "node:path";
import { AdminError } from "../registry/admin-error.ts";
import { databaseCode, databaseMessage, isConnectionLost } from "../registry/database-code.ts";
import { query, type Registry } from "../registry/registry.ts";
import { transact } from "../batch/transact.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

// insufficient_resources
const NO_ROOM = /^53/;

/** A backup that was made. */
export interface Backup {
  /** Its full path. */
  readonly path: string;
  /** Why it was not imported on trial; undefined when a trial import succeeded. */
  readonly unproven: string | undefined;
  /** Changes of the tenant that an import does not restore; empty without `lossy`. */
  readonly losses: readonly string[];
}

/** The options of {@link backUp}. */
export interface BackupOptions {
  /** The file; undefined for a drop without a backup. */
  readonly backup: string | undefined;
  /** Accepts a backup without the changes that cannot be copied. */
  readonly lossy?: boolean | undefined;
  /** Whether to import the backup on trial, in a transaction that is rolled back; true when left out. */
  readonly prove?: boolean | undefined;
  /** Interrupts the backup. */
  readonly signal: AbortSignal;
}

/** The error when the backup could not be imported; nothing has been dropped. */
export class BackupUseless extends AdminError {}

/**
 * Writes the backup, unless an earlier run wrote it or began to drop without one. If the process is killed between
 * the file and the registry, the next run writes another backup of the same data: nothing was dropped by then. A
 * missing schema is not backed up.
 * @returns undefined without a backup
 * @throws {BackupUseless} when the backup cannot be written or imported
 */
export async function backUp(
  registry: Registry,
  schemaName: string,
  options: BackupOptions,
): Promise<Backup | undefined> {
  const { backup: file } = options;
  const { withTransaction } = registry;
  const { made, hasSchema } = await withTransaction(async (transaction) => ({
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
  // Loaded here: verbs without a backup load this file, too.
  const { exportTenant } = await import("../transfer/export-tenant.ts");
  const { requireNoLosses } = await import("../transfer/shape/rehearsal.ts");
  try {
    const { losses } = await exportTenant(registry, schemaName, path, {
      allowed: ["dropping"],
      signal,
    });
    if (!lossy) requireNoLosses("drop tenant", schemaName, losses);
    const unproven = prove
      ? await tryImport(registry, path, lossy)
      : "it was not imported on trial";
    return { path, unproven, losses };
  } catch (error) {
    if (signal.aborted || isConnectionLost(error)) throw error;
    const isFile = await exists(path);
    if (isFile) await unlink(path);
    const problem = databaseMessage(error).replace(/^Cannot [^:]*: /, "");
    throw new BackupUseless(isFile ? `its backup cannot be imported: ${problem}` : problem, {
      cause: error,
    });
  }
}

/** Imports the backup on trial. Returns why the server had no resources for the trial; undefined when it succeeded. */
async function tryImport(
  registry: Registry,
  path: string,
  lossy: boolean,
): Promise<string | undefined> {
  const { proveArchive } = await import("../transfer/prove-archive.ts");
  try {
    await proveArchive(registry, path, lossy);
    return undefined;
  } catch (error) {
    if (!NO_ROOM.test(databaseCode(error) ?? "")) throw error;
    return `the server did not have the resources to import it: ${databaseMessage(error)}`;
  }
}

/**
 * Checks that the backup's file does not exist, unless an earlier run wrote it.
 * @throws {AdminError} when the file exists
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

/** Returns the recorded path; undefined when not decided yet, "" when the tenant is dropped without a backup. */
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
