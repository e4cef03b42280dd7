// The pending migrations, and the tenants by version.

import type { Migrations } from "../../api.ts";
import { element } from "../parts/element.ts";
import { formatCount, formatNumber, formatShare } from "../parts/format.ts";
import { empty } from "../parts/loading.ts";
import { meter, panel } from "../parts/panel.ts";
import { table } from "../parts/table.ts";

/** Makes the panel of the migrations that some tenant lacks. */
export function pendingPanel({ pending, behind }: Migrations): HTMLElement {
  return panel(
    "Pending",
    undefined,
    pending.length === 0
      ? empty("No migration is pending")
      : table(
          "Pending migrations",
          [
            {
              title: "Migration",
              isHeading: true,
              show: ({ name, tenants }: Migrations["pending"][number]) => [
                element("span", { class: "code" }, name),
                meter(tenants / Math.max(1, behind)),
              ],
            },
            {
              title: "Missing in",
              isNumber: true,
              show: ({ tenants }) => formatCount(tenants, "tenant"),
            },
          ],
          pending,
        ),
  );
}

/** Makes the panel of the tenants by version. */
export function versionsPanel({ versions, newestVersion }: Migrations): HTMLElement {
  const total = versions.reduce((sum, { tenants }) => sum + tenants, 0);
  return panel(
    "Versions",
    undefined,
    versions.length === 0
      ? empty("No tenant yet")
      : table(
          "Tenants by version",
          [
            {
              title: "Version",
              isHeading: true,
              show: ({ version, migration, tenants }: Migrations["versions"][number]) => [
                version === newestVersion ? `${version}, the newest` : String(version),
                element("span", { class: "muted small code" }, migration),
                meter(tenants / Math.max(1, total)),
              ],
            },
            { title: "Tenants", isNumber: true, show: ({ tenants }) => formatNumber(tenants) },
            {
              title: "Of all",
              isNumber: true,
              show: ({ tenants }) => formatShare(tenants / Math.max(1, total)),
            },
          ],
          versions.toReversed(),
        ),
  );
}
