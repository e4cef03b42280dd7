// The verbs on a tenant that take long: clone, export, move and drop. The server writes an archive into its own folder, under a name that it
// makes. So no path comes from the page, and a file that has its name is complete, unlike a download that broke off.

import { resolve } from "node:path";
import { describeDrop } from "../../drop/description.ts";
import {
  describeExport,
  describeExportLosses,
  describeLeftOut,
} from "../../transfer/description.ts";
import type { Admin } from "../../library/contract/contract.ts";
import { parseHosts } from "../../library/parse.ts";
import { formatCount } from "../../print/count.ts";
import { parseSchemaName } from "../../registry/tenants/schema-name.ts";
import { type Body, findBoolean, findTexts, requireText } from "../door/body.ts";
import { nameArchive } from "../../transfer/archive/name.ts";
import type { JobWork } from "../work/jobs.ts";
import { RequestError } from "../door/request-error.ts";

/** The work of an export into `folder`. */
export function exportJob(admin: Admin, schemaName: string, folder: string): JobWork {
  return {
    kind: "export",
    schemaName,
    source: null,
    claims: [schemaName],
    unit: "bytes",
    isStoppable: true,
    async run({ signal, expect, add }) {
      const file = resolve(folder, nameArchive(schemaName));
      const report = await admin.exportTenant(schemaName, file, {
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
  admin: Admin,
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
    source: null,
    claims: [schemaName],
    unit: "objects",
    isStoppable: true,
    async run({ signal, expect, add }) {
      const dropped = await admin.dropTenant(schemaName, {
        backup: folder === undefined ? false : resolve(folder, nameArchive(schemaName)),
        signal,
        meter: { expect, add },
      });
      return describeDrop(dropped).join("; ");
    },
  };
}

/**
 * The work of a move to another database, which its clients follow.
 * @param to the name of the database
 */
export function moveJob(admin: Admin, schemaName: string, to: string): JobWork {
  // A URL would come from the page, and leave no pointer.
  if (!admin.databases.includes(to)) {
    const names = admin.databases.map((name) => JSON.stringify(name)).join(", ");
    throw new RequestError(400, `Cannot move tenant: "database" must be one of ${names}`);
  }
  return {
    kind: "move",
    schemaName,
    source: null,
    claims: [schemaName],
    unit: "bytes",
    isStoppable: false,
    async run({ expect, add }) {
      const { copied } = await admin.moveTenant(schemaName, { to, meter: { expect, add } });
      const rows = copied ? `: ${formatCount(copied.rows, "row")}` : "";
      return `Moved tenant "${schemaName}" to database "${to}"${rows}`;
    },
  };
}

/**
 * The work of a clone.
 * @param source the tenant to copy
 * @param body a CloneRequest
 * @throws {RequestError} 400 for a malformed body
 * @throws {AdminError} for a name or a host that is not acceptable
 */
export function cloneJob(admin: Admin, source: string, body: Body): JobWork {
  const schemaName = parseSchemaName(requireText(body, "schemaName"));
  const hosts = parseHosts(findTexts(body, "hosts") ?? []);
  const structureOnly = findBoolean(body, "rows") === false;
  const lossy = findBoolean(body, "lossy") === true;
  return {
    kind: "clone",
    schemaName,
    source,
    claims: [source, schemaName],
    unit: "bytes",
    isStoppable: false,
    async run({ expect, add }) {
      const options = { schemaName, hosts, structureOnly, lossy, meter: { expect, add } };
      const { version, tables, rows, losses } = await admin.cloneTenant(source, options);
      const copied = `${formatCount(tables, "table")}, ${formatCount(rows, "row")}`;
      return [
        `Cloned tenant "${source}" to "${schemaName}" at version ${version}, at ${hosts.join(", ")}: ${copied}`,
        ...describeLeftOut(losses),
      ].join("; ");
    },
  };
}
