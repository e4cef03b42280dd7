// The two verbs that last: export and drop. Archives go into a folder of the server's, under a name that the
// server makes: no path comes from the page, and a file that has its name is whole, which a download that
// broke off is not.

import { resolve } from "node:path";
import { describeDrop } from "../drop/description.ts";
import { describeExport, describeExportLosses } from "../transfer/description.ts";
import { dropTenant } from "../drop/drop.ts";
import type { Registry } from "../registry/registry.ts";
import { exportTenant } from "../transfer/export-tenant.ts";
import { nameArchive } from "../transfer/archive-name.ts";
import type { JobWork } from "./jobs.ts";
import { RequestError } from "./request-error.ts";

/** An export into `folder`. */
export function exportJob(registry: Registry, schemaName: string, folder: string): JobWork {
  return {
    kind: "export",
    schemaName,
    unit: "bytes",
    async run({ signal, expect, add }) {
      const file = resolve(folder, nameArchive(schemaName));
      const report = await exportTenant(registry, schemaName, file, {
        signal,
        meter: { expect, add },
      });
      return [describeExport(report), ...describeExportLosses(report)].join("; ");
    },
  };
}

/**
 * A drop, with a backup into `folder` unless that is undefined.
 * @param confirm the schema's name as it was typed
 * @throws {RequestError} 400 when that is another
 */
export function dropJob(
  registry: Registry,
  schemaName: string,
  confirm: string,
  folder: string | undefined,
): JobWork {
  if (confirm !== schemaName) {
    const problem = `to drop it takes its schema's name, typed once more: ${schemaName}`;
    throw new RequestError(400, `Cannot drop tenant: ${problem}`);
  }
  return {
    kind: "drop",
    schemaName,
    unit: "objects",
    async run({ signal, expect, add }) {
      const dropped = await dropTenant(registry, schemaName, {
        backup: folder === undefined ? undefined : resolve(folder, nameArchive(schemaName)),
        signal,
        meter: { expect, add },
      });
      return describeDrop(dropped).join("; ");
    },
  };
}
