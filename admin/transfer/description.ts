// What an export tells.

import type { ExportReport } from "./export-tenant.ts";
import { formatCount } from "../print/count.ts";

/** A line for a tenant that was exported. */
export function describeExport(report: ExportReport): string {
  const { schemaName, file, tables, rows, archiveBytes, version } = report;
  return (
    `Exported tenant "${schemaName}" at version ${version} to ${file}: ` +
    `${formatCount(tables, "table")}, ${formatCount(rows, "row")}, ${formatCount(archiveBytes, "byte")}`
  );
}
