// A tenant's migration history.

import type { MigrationRecord } from "../../api.ts";
import { badge } from "../parts/badge.ts";
import { element } from "../parts/element.ts";
import { formatMs, formatTime } from "../parts/format.ts";
import { empty } from "../parts/loading.ts";
import { panel } from "../parts/panel.ts";
import { table } from "../parts/table.ts";

/** Makes the panel. */
export function historyPanel(history: readonly MigrationRecord[]): HTMLElement {
  return panel(
    "Migration history",
    undefined,
    history.length === 0
      ? empty(
          "No migration yet",
          element("p", {}, "The tenant is at the version that it was created with."),
        )
      : table(
          "Migration history",
          [
            {
              title: "When",
              isHeading: true,
              show: ({ finishedAt }: MigrationRecord) => formatTime(new Date(finishedAt)),
            },
            {
              title: "Version",
              show: ({ fromVersion, toVersion, migration }) => [
                `${fromVersion} to ${toVersion}`,
                element("span", { class: "muted small code" }, migration ?? ""),
              ],
            },
            {
              title: "Outcome",
              show: ({ outcome, message }) => [
                outcome === "failed" ? badge("failed") : badge("active", "Migrated"),
                message === null
                  ? undefined
                  : element("span", { class: "narrow small muted wrap" }, message),
              ],
            },
            { title: "Took", isNumber: true, isWide: true, show: ({ ms }) => formatMs(ms) },
            {
              title: "Message",
              isWide: true,
              show: ({ message, sqlstate }) => [
                message === null ? "" : element("span", { class: "wrap" }, message),
                sqlstate === null
                  ? undefined
                  : element("span", { class: "muted small" }, `SQLSTATE ${sqlstate}`),
              ],
            },
          ],
          history,
        ),
    "history",
  );
}
