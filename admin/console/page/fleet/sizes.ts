// The sizes of all tenants: a treemap, a line about the chosen tenant, and a table of the largest.

import type { FleetSizes } from "../../api.ts";
import { element, fill, link, type Content } from "../parts/element.ts";
import {
  formatBytes,
  formatClock,
  formatCount,
  formatNumber,
  formatShare,
} from "../parts/format.ts";
import { empty, problem } from "../parts/loading.ts";
import { panel } from "../parts/panel.ts";
import { describeSizesState } from "./sizes-state.ts";
import { table } from "../parts/table.ts";
import { openTreemap, type Treemap } from "./treemap.ts";
import { tenantHash, viewHash } from "../view.ts";

const TABLE_ROWS = 20;

/**
 * Returns a function that shows an answer: new content, or undefined when it has updated the picture.
 * @param database as in Stage
 */
export function sizesPanel(signal: AbortSignal, database: string): (sizes: FleetSizes) => Content {
  const aside = element("span", {});
  const readout = element("p", { class: "map-readout", "aria-live": "polite" });
  const largest = element("div", {});
  const trouble = element("div", {});
  let map: Treemap | undefined;
  let sizes: FleetSizes | undefined;

  const tell = (index: number | undefined): void => fill(readout, describe(sizes, index));
  const go = (index: number): void => {
    const schemaName = sizes?.schemaNames[index];
    if (schemaName !== undefined) location.hash = tenantHash(schemaName);
  };

  return (answer) => {
    sizes = answer;
    const { total, schemaNames, estimated } = answer;
    if (schemaNames.length === 0 || total === 0) {
      return panel(
        "Sizes",
        undefined,
        empty("No sizes", element("p", {}, "The registry has no tenant yet.")),
      );
    }
    fill(
      aside,
      `${formatBytes(total)}${estimated ? ", estimated" : ""} · median ${formatBytes(medianOf(answer))} · ` +
        `as of ${formatClock(new Date(answer.at))}`,
    );
    const state = describeSizesState(answer);
    fill(trouble, state === undefined ? undefined : problem(state));
    fill(largest, largestTable(answer, database));
    if (map !== undefined) {
      map.setSizes(answer);
      return undefined;
    }
    tell(undefined);
    map = openTreemap(answer, signal, tell, go);
    return panel(
      "Sizes",
      aside,
      [
        trouble,
        map.root,
        legend(),
        readout,
        element(
          "details",
          { class: "foot" },
          element(
            "summary",
            {},
            `The ${Math.min(TABLE_ROWS, schemaNames.length)} largest as a table`,
          ),
          largest,
        ),
      ],
      "sizes",
    );
  };
}

function legend(): HTMLElement {
  const kinds = [
    ["active", "Active"],
    ["read-only", "Read-only"],
    ["suspended", "Suspended"],
  ] as const;
  return element(
    "ul",
    { class: "map-legend", "aria-label": "Colours" },
    kinds.map(([kind, word]) =>
      element("li", {}, element("span", { class: `swatch ${kind}`, "aria-hidden": "true" }), word),
    ),
  );
}

function describe(sizes: FleetSizes | undefined, index: number | undefined): Content {
  const schemaName = index === undefined ? undefined : sizes?.schemaNames[index];
  if (sizes === undefined || index === undefined || schemaName === undefined) {
    return "Point at a tenant, or use the arrow keys; Enter opens it.";
  }
  const bytes = sizes.bytes[index] ?? 0;
  const status = ["", ", read-only", ", suspended"][sizes.statuses[index] ?? 0] ?? "";
  return [
    element("strong", { class: "code" }, schemaName),
    ` ${formatBytes(bytes)}, ${formatShare(bytes / sizes.total)} of all, in ` +
      `${formatCount(sizes.tables[index] ?? 0, "table")}${status} · ${formatNumber(index + 1)} of ` +
      formatNumber(sizes.schemaNames.length),
  ];
}

function medianOf({ bytes }: FleetSizes): number {
  return bytes[Math.floor(bytes.length / 2)] ?? 0;
}

function largestTable(
  { schemaNames, bytes, tables, total }: FleetSizes,
  database: string,
): HTMLElement {
  const rows = schemaNames.slice(0, TABLE_ROWS).map((schemaName, index) => {
    return { schemaName, bytes: bytes[index] ?? 0, tables: tables[index] ?? 0 };
  });
  return element(
    "div",
    {},
    table(
      "The largest tenants",
      [
        {
          title: "Tenant",
          isHeading: true,
          show: (row: (typeof rows)[number]) =>
            link(tenantHash(row.schemaName), { class: "code" }, row.schemaName),
        },
        { title: "Size", isNumber: true, show: (row) => formatBytes(row.bytes) },
        { title: "Of all", isNumber: true, show: (row) => formatShare(row.bytes / total) },
        { title: "Tables", isNumber: true, show: (row) => formatNumber(row.tables) },
      ],
      rows,
    ),
    element(
      "p",
      {},
      link(
        viewHash("tenants", { sort: "bytes", order: "desc", database }),
        {},
        "All tenants by size",
      ),
    ),
  );
}
