// A tenant's settings, which its handlers read, with buttons that set and remove them.

import type { TenantDetail } from "../../api.ts";
import { change, tenantPath } from "../client.ts";
import { ask } from "../parts/dialog.ts";
import { button, element, hidden } from "../parts/element.ts";
import { formatNumber } from "../parts/format.ts";
import { empty } from "../parts/loading.ts";
import { panel } from "../parts/panel.ts";
import { parseSettings } from "../parts/settings.ts";

/** Makes the panel. */
export function settingsPanel(
  { schemaName, settings }: TenantDetail,
  changed: () => void,
): HTMLElement {
  const pairs = Object.entries(settings);
  return panel(
    "Settings",
    [
      element("span", { class: "muted" }, formatNumber(pairs.length)),
      button("Set…", { class: "quiet" }, () => set(schemaName, changed)),
    ],
    pairs.length === 0
      ? empty("No setting", element("p", {}, "Handlers read settings, such as the tenant's plan."))
      : element(
          "ul",
          { class: "rows" },
          pairs.map(([name, value]) => {
            const remover = button("Remove…", { class: "quiet" }, () =>
              unset(schemaName, name, changed),
            );
            remover.append(hidden(` ${name}`));
            const text = `${name}: ${JSON.stringify(value)}`;
            return element("li", {}, element("span", { class: "code" }, text), remover);
          }),
        ),
  );
}

function set(schemaName: string, changed: () => void): void {
  ask({
    title: `Set a setting of ${schemaName}`,
    text: element(
      "p",
      {},
      "The tenant's handlers read it from their next message on. Do not store secrets in settings.",
    ),
    fields: [
      {
        name: "setting",
        label: "Setting",
        type: "text",
        hint: "plan=pro sets a text, seats:=25 sets JSON",
      },
    ],
    verb: "Set",
    pending: "Set; waiting at most 30 s for older transactions",
    async act(values) {
      await send(schemaName, { set: parseSettings([values.get("setting") ?? ""]) });
      changed();
      return `Set a setting of ${schemaName}`;
    },
  });
}

function unset(schemaName: string, name: string, changed: () => void): void {
  ask({
    title: `Remove setting ${name}`,
    text: element("p", {}, "The tenant's handlers then find it missing."),
    verb: "Remove setting",
    isGrave: true,
    pending: "Removed; waiting at most 30 s for older transactions",
    async act() {
      await send(schemaName, { unset: [name] });
      changed();
      return `Removed setting ${name} of ${schemaName}`;
    },
  });
}

function send(schemaName: string, body: object): Promise<unknown> {
  return change(tenantPath(schemaName, "settings"), body, "PATCH");
}
