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

/** A line for each thing that a tenant has and its archive has not. */
export function describeExportLosses({ losses }: ExportReport): readonly string[] {
  if (losses.length === 0) return [];
  return [
    "The tenant is not what its migrations make; an import takes this archive only with --lossy, without:",
    ...losses.map((loss) => `  ${loss}`),
  ];
}

/** A line for each thing that a copy lacks, because it was to be lossy. */
export function describeLeftOut(losses: readonly string[]): readonly string[] {
  return losses.map((loss) => `Left out: ${loss}`);
}
