// The lines that an export and a lossy copy print.

import type { ExportReport } from "./export-tenant.ts";
import { formatCount } from "../print/count.ts";
import { visible } from "../print/visible.ts";

/** Describes an export in a line. */
export function describeExport(report: ExportReport): string {
  const { schemaName, file, tables, rows, archiveBytes, version } = report;
  return (
    `Exported tenant "${schemaName}" at version ${version} to ${file}: ` +
    `${formatCount(tables, "table")}, ${formatCount(rows, "row")}, ${formatCount(archiveBytes, "byte")}`
  );
}

/** Describes the tenant's objects that its archive lacks, a line for each. */
export function describeExportLosses({ losses }: ExportReport): readonly string[] {
  if (losses.length === 0) return [];
  return [
    "The tenant differs from what its migrations make; an import takes this archive only with --lossy, and leaves out:",
    ...losses.map((loss) => `  ${visible(loss)}`),
  ];
}

/** Describes the objects that a lossy copy lacks, a line for each. */
export function describeLeftOut(losses: readonly string[]): readonly string[] {
  return losses.map((loss) => `Left out: ${visible(loss)}`);
}
