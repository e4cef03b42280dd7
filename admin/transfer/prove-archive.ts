// Proves that an archive can be imported: it imports the whole archive on trial.

import { randomBytes } from "node:crypto";
import { prepareCreation } from "../lifecycle/creation.ts";
import type { Registry } from "../registry/registry.ts";
import { withArchive } from "./archive/reader.ts";
import { importArchive } from "./import-archive.ts";

/**
 * Imports a trusted archive as a tenant that other sessions never see. It takes as long as an import, and uses as
 * much of the server's disk until it ends.
 * @param lossy whether the archive may say that it lacks something
 * @throws {AdminError} with the message of an import
 */
export async function proveArchive(
  registry: Registry,
  file: string,
  lossy: boolean,
): Promise<void> {
  const creation = await prepareCreation(registry);
  const schemaName = `rowhouse_proof_${randomBytes(6).toString("hex")}`;
  await withArchive(file, async (archive) => {
    const { statementTimeoutMs } = archive.manifest;
    const options = { schemaName, hosts: [], statementTimeoutMs, maxBytes: Infinity, lossy };
    await importArchive(registry, creation, { file, archive, options }, true);
  });
}
