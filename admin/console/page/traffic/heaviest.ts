// The tenants whose requests took the most time in the last minute.

import type { HeavyTenant } from "../../api.ts";
import { element, link } from "../parts/element.ts";
import { formatMs, formatRate, formatShare } from "../parts/format.ts";
import { empty } from "../parts/loading.ts";
import { meter } from "../parts/panel.ts";
import { table } from "../parts/table.ts";
import { tenantHash } from "../view.ts";

/** Makes the table. The load is the average number of a tenant's requests that ran at once. */
export function heaviestTable(heaviest: readonly HeavyTenant[]): HTMLElement {
  if (heaviest.length === 0) {
    return empty(
      "No requests",
      element("p", {}, "No watched service served a tenant in the last minute."),
    );
  }
  const most = Math.max(...heaviest.map(({ load }) => load));
  return table(
    "Heaviest tenants of the last minute",
    [
      {
        title: "Tenant",
        isHeading: true,
        show: ({ tenant, load }: HeavyTenant) => [
          tenant === "other"
            ? element("span", { class: "muted" }, "All others")
            : link(tenantHash(tenant), { class: "code clip" }, tenant),
          meter(load / most),
        ],
      },
      { title: "Req/s", isNumber: true, show: (row) => formatRate(row.requestsPerSecond) },
      { title: "Load", isNumber: true, isWide: true, show: ({ load }) => load.toFixed(2) },
      { title: "Errors", isNumber: true, show: ({ errorRate }) => formatShare(errorRate) },
      {
        title: "p95",
        isNumber: true,
        show: ({ p95Ms }) => (p95Ms === null ? "–" : formatMs(p95Ms)),
      },
    ],
    heaviest,
  );
}
