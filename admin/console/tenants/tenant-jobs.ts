// The two verbs that take long: export and drop. The server writes an archive into its own folder, under a name that it
// makes. So no path comes from the page, and a file that has its name is complete, unlike a download that broke off.

import { resolve } from "node:path";
import { describeDrop } from "../../drop/description.ts";
import { describeExport, describeExportLosses } from "../../transfer/description.ts";
import { dropTenant } from "../../drop/drop.ts";
import type { Registry } from "../../registry/registry.ts";
import { exportTenant } from "../../transfer/export-tenant.ts";
import { nameArchive } from "../../transfer/archive-name.ts";
import type { JobWork } from "../work/jobs.ts";
import { RequestError } from "../door/request-error.ts";

/** The work of an export into `folder`. */
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
 * The work of a drop, with a backup into `folder` unless that is undefined.
 * @param confirm the schema's name as a person typed it
 * @throws {RequestError} 400 when it differs from `schemaName`
 */
export function dropJob(
  registry: Registry,
  schemaName: string,
  confirm: string,
  folder: string | undefined,
): JobWork {
  if (confirm !== schemaName) {
    const problem = `"confirm" must be the schema's name, ${JSON.stringify(schemaName)}`;
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
