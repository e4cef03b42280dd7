// The last changes of a tenant: who did what, and when.

import type { TenantEvent } from "../../api.ts";
import { element } from "../parts/element.ts";
import { formatTime } from "../parts/format.ts";
import { empty } from "../parts/loading.ts";
import { panel } from "../parts/panel.ts";
import { table } from "../parts/table.ts";

const TITLE = "Last changes";

/** Makes the panel. */
export function changesPanel(events: readonly TenantEvent[]): HTMLElement {
  return panel(
    TITLE,
    undefined,
    events.length === 0
      ? empty(
          "No change yet",
          element("p", {}, "Changes that an older Rowhouse made are not recorded."),
        )
      : table(
          TITLE,
          [
            {
              title: "When",
              isHeading: true,
              show: ({ at }: TenantEvent) => formatTime(new Date(at)),
            },
            { title: "Who", show: ({ actor }) => element("span", { class: "wrap" }, actor) },
            {
              title: "What",
              show: ({ verb, change }) => [
                element("span", { class: "code" }, verb),
                element("span", { class: "narrow small muted wrap" }, change),
              ],
            },
            {
              title: "Change",
              isWide: true,
              show: ({ change }) => element("span", { class: "wrap" }, change),
            },
          ],
          events,
        ),
    "history",
  );
}
