// Imports a new tenant from a file.

import type { Meter } from "../command/meter.ts";
import { prepareCreation } from "../lifecycle/creation.ts";
import type { Displaced } from "../registry/pointer.ts";
import type { Registry, Settings } from "../registry/registry.ts";
import type { Trust } from "./archive/belief.ts";
import type { Loaded } from "./rows/load.ts";

/** The new tenant. */
export interface ImportOptions extends Trust {
  /** A schema name that parseSchemaName has checked. */
  readonly schemaName: string;
  /** A host in the registry's form, which parseDomain has checked. */
  readonly hosts: readonly string[];
  /** The pointers that give way to it, as in NewTenant. */
  readonly displaces?: Displaced | undefined;
  /** Bring it to the newest version, before it is served. */
  readonly migrate?: boolean;
  readonly meter?: Meter;
}

/** The result of an import. */
export interface ImportReport extends Loaded {
  readonly schemaName: string;
  readonly hosts: readonly string[];
  /** The tenant's settings: the archive's, or none. */
  readonly settings: Settings;
  /** The archive's settings that the tenant did not get; empty with `withSettings`. */
  readonly settingsLeftOut: Settings;
  /** The exported schema, and the time of the export. */
  readonly from: string;
  readonly exportedAt: string;
  /** The tenant's version after the import. */
  readonly version: number;
  /** The exported tenant's objects that this one lacks; empty without `lossy`. */
  readonly losses: readonly string[];
}

/**
 * Creates a tenant from an archive, at the archive's version. It checks every count and checksum, and a failure leaves
 * nothing behind. The import does not write to the local disk, and its memory does not
 * depend on the size.
 * @throws {AdminError} when the archive is incomplete, belongs to other migrations, says that it lacks something or
 *   exceeds the trust in it, or when the tenant cannot be created
 */
export async function importTenant(
  registry: Registry,
  file: string,
  options: ImportOptions,
): Promise<ImportReport> {
  const creation = await prepareCreation(registry);
  // Large, so they are loaded after the first queries.
  const { withArchive } = await import("./archive/reader.ts");
  const { importArchive } = await import("./import-archive.ts");
  return withArchive(file, (archive) =>
    importArchive(registry, creation, { file, archive, options }, false),
  );
}
