// What of an archive is believed. It may come from a stranger: what it asks for beyond its own rows is refused
// until the person who imports it says so.

import { changesBetween } from "../migrations/tenant-migrations.ts";
import type { Creation } from "../lifecycle/tenant.ts";
import { AdminError } from "../registry/admin-error.ts";
import type { Bounds } from "./digest.ts";
import type { Manifest } from "./manifest.ts";
import { isMakeable } from "./shape/partitions.ts";
import { describeRefusal } from "./shape/rehearsal.ts";

/** What a person says about an archive. */
export interface Trust {
  /** The tenant's statement timeout; the archive's when left out, if that is a minute at most. */
  readonly statementTimeoutMs?: number | undefined;
  /** The most that its rows may be as text, and one row; see {@link limitsOf} when left out. */
  readonly maxBytes?: number | undefined;
  /** Import what is there, although the archive says that something is missing. */
  readonly lossy?: boolean | undefined;
}

const LONGEST_TIMEOUT_MS = 60_000;
const SMALL_BYTES = 64 * 1024 * 1024;
// Rows of real tenants shrink by 2 to 20; a file of nothing but zeros by 1,000.
const EXPANSION = 100;

/**
 * Refuses what was made by other migrations.
 * @param source has the version, and the names of the migrations up to it
 */
export function checkMigrations(
  { migrations }: Pick<Creation, "migrations">,
  { version, migrations: theirs }: Pick<Manifest, "version" | "migrations">,
): void {
  changesBetween(migrations, 0, version);
  const ours = migrations.filter(({ number }) => number <= version).map(({ name }) => name);
  if (ours.join("\n") === theirs.join("\n")) return;
  const other = theirs.find((name, index) => name !== ours[index]) ?? ours[theirs.length];
  throw new AdminError(
    `Cannot import tenant: its tenant migrations up to ${version} are not this application's, the first ` +
      `that differs is ${JSON.stringify(other)}; set TENANT_MIGRATIONS to the folder that it was exported with`,
  );
}

/** Refuses an archive that says that it is not all of the tenant, and one with partitions that are other SQL. */
export function checkWhole({ schemaName, losses, shape }: Manifest, { lossy }: Trust): void {
  if (lossy) return;
  if (losses.length > 0) {
    throw new AdminError(`Cannot import tenant: ${describeRefusal(schemaName, losses)}`);
  }
  const partition = shape?.partitions.find((one) => !isMakeable(one));
  if (partition === undefined) return;
  throw new AdminError(
    `Cannot import tenant: partition ${JSON.stringify(partition.name)} is ${JSON.stringify(partition.bound)}, which ` +
      "is not made of plain values; export it again",
  );
}

/** The tenant's statement timeout in milliseconds. */
export function timeoutOf(manifest: Manifest, { statementTimeoutMs }: Trust): number {
  const theirs = manifest.statementTimeoutMs;
  if (statementTimeoutMs !== undefined || theirs <= LONGEST_TIMEOUT_MS) {
    return statementTimeoutMs ?? theirs;
  }
  throw new AdminError(
    `Cannot import tenant: the archive asks for a statement timeout of ${theirs} ms, more than a minute; if that is ` +
      `meant, say --statement-timeout ${theirs}`,
  );
}

/**
 * How much may come out of a file: what a person says, or a hundred times its size and 64 MB in any case; of one
 * row, 64 MB.
 * @throws {AdminError} when the manifest says more
 */
export function limitsOf({ tables }: Manifest, fileBytes: number, { maxBytes }: Trust): Bounds {
  const limit = maxBytes ?? Math.max(SMALL_BYTES, EXPANSION * fileBytes);
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  if (bytes > limit) {
    const needed = Math.ceil(bytes / 1_000_000);
    throw new AdminError(
      `Cannot import tenant: the archive has ${fileBytes} bytes and says that its rows have ${bytes}; if you know who ` +
        `made it, say --max-megabytes ${needed}`,
    );
  }
  return { maxBytes: limit, maxRowBytes: maxBytes ?? SMALL_BYTES };
}
