// Whether an archive can come back: it is imported, all of it, in a transaction that is always rolled back.

import { randomBytes } from "node:crypto";
import { prepareCreation } from "../lifecycle/tenant.ts";
import type { Registry } from "../registry/registry.ts";
import { withArchive } from "./archive-reader.ts";
import { importWithin } from "./import-tenant.ts";
import { undone } from "./undone.ts";

/**
 * Imports an archive of one's own as a tenant that nobody ever sees. It takes as long as an import, and as much of
 * the server's disk until it has ended.
 * @param lossy the archive may say that it lacks something
 * @throws {AdminError} with what an import would say
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
    await undone(registry, (transaction) =>
      importWithin(registry, transaction, creation, { file, archive, options }),
    );
  });
}
