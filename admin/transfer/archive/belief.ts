// Limits the trust in an archive. It may come from a stranger: its demands beyond its own rows are refused until the
// person who imports it allows them.

import type { Creation } from "../../lifecycle/creation.ts";
import { AdminError } from "../../registry/admin-error.ts";
import type { Bounds } from "../rows/digest.ts";
import type { Manifest } from "./manifest.ts";
import { isMakeable } from "../shape/partitions.ts";
import { describeRefusal } from "../shape/rehearsal.ts";

/** A person's permissions for an archive. */
export interface Trust {
  /** The tenant's statement timeout in milliseconds; when left out, the archive's, up to a minute. */
  readonly statementTimeoutMs?: number | undefined;
  /** The largest size of its rows as text, and of one row; see {@link limitsOf} when left out. */
  readonly maxBytes?: number | undefined;
  /** Import the archive although it says that something is missing. */
  readonly lossy?: boolean | undefined;
  /** Give the tenant the archive's settings: an application may take them for the operator's word, such as its plan. */
  readonly withSettings?: boolean | undefined;
}

const LONGEST_TIMEOUT_MS = 60_000;
const SMALL_BYTES = 64 * 1024 * 1024;
// Rows of real tenants compress by 2 to 20; a file of zeros by 1,000.
const EXPANSION = 100;

/**
 * Refuses an archive that other migrations made, or the same in another order.
 * @param source the version, and the names of the migrations up to it
 */
export function checkMigrations(
  { migrations }: Pick<Creation, "migrations">,
  { version, migrations: theirs }: Pick<Manifest, "version" | "migrations">,
): void {
  const ours = migrations.ordered.slice(0, version).map(({ name }) => name);
  if (ours.join("\n") === theirs.join("\n")) return;
  const other = theirs.find((name, index) => name !== ours[index]) ?? ours[theirs.length];
  throw new AdminError(
    `Cannot import tenant: its tenant migrations up to ${version} are not this application's, the first ` +
      `that differs is ${JSON.stringify(other)}; set TENANT_MIGRATIONS to the folder that it was exported with`,
  );
}

/** Refuses an archive that says that it is incomplete, and one whose partitions contain other SQL. */
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

/** Chooses the tenant's statement timeout in milliseconds. */
export function timeoutOf(manifest: Manifest, { statementTimeoutMs }: Trust): number {
  const theirs = manifest.statementTimeoutMs;
  if (statementTimeoutMs !== undefined || theirs <= LONGEST_TIMEOUT_MS) {
    return statementTimeoutMs ?? theirs;
  }
  throw new AdminError(
    `Cannot import tenant: the archive asks for a statement timeout of ${theirs} ms, more than a minute; if you ` +
      `want that, add --statement-timeout ${theirs}`,
  );
}

/**
 * Computes the largest size of a file's rows: the person's limit, or a hundred times the file's size and at least
 * 64 MB. For one row it is 64 MB.
 * @throws {AdminError} when the manifest names a larger size
 */
export function limitsOf({ tables }: Manifest, fileBytes: number, { maxBytes }: Trust): Bounds {
  const limit = maxBytes ?? Math.max(SMALL_BYTES, EXPANSION * fileBytes);
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  if (bytes > limit) {
    const needed = Math.ceil(bytes / 1_000_000);
    throw new AdminError(
      `Cannot import tenant: the archive has ${fileBytes} bytes and says that its rows have ${bytes}; if you trust ` +
        `its source, add --max-megabytes ${needed}`,
    );
  }
  return { maxBytes: limit, maxRowBytes: maxBytes ?? SMALL_BYTES };
}
