// A tenant's tables and their sizes.

import type { TenantDetail, TenantTable } from "../../api.ts";
import { element } from "../parts/element.ts";
import { formatBytes, formatCount, formatNumber } from "../parts/format.ts";
import { empty } from "../parts/loading.ts";
import { meter, panel } from "../parts/panel.ts";
import { table } from "../parts/table.ts";

/** Makes the panel, the largest table first. */
export function tablesPanel({ tables, bytes }: TenantDetail): HTMLElement {
  const sorted = tables.toSorted((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0));
  const most = Math.max(1, sorted[0]?.bytes ?? 0);
  return panel(
    "Tables",
    element(
      "span",
      { class: "muted" },
      `${formatCount(tables.length, "table")}, ` +
        (bytes === null ? "size unknown: a table is locked" : formatBytes(bytes)),
    ),
    tables.length === 0
      ? empty("No table")
      : table(
          "Tables",
          [
            {
              title: "Table",
              isHeading: true,
              show: ({ name, bytes: size }: TenantTable) => [
                element("span", { class: "code clip" }, name),
                meter((size ?? 0) / most),
              ],
            },
            {
              title: "Rows (estimate)",
              isNumber: true,
              show: ({ rows }) => (rows === null ? "–" : formatNumber(rows)),
            },
            {
              title: "Size",
              isNumber: true,
              show: ({ bytes: size }) => (size === null ? "locked" : formatBytes(size)),
            },
          ],
          sorted,
        ),
  );
}
