// Imports a new tenant from a file.

import { prepareCreation } from "../lifecycle/creation.ts";
import type { Registry } from "../registry/registry.ts";
import type { ImportOptions, ImportReport } from "./import-archive.ts";

/**
 * Creates a tenant from an archive, at the archive's version. It checks every count and checksum, and a failure leaves
 * nothing behind. The import does not write to the local disk, and its memory does not depend on the size.
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
