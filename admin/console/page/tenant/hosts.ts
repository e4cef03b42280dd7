// A tenant's hosts, with buttons that add and remove them.

import type { TenantDetail } from "../../api.ts";
import { change, tenantPath } from "../client.ts";
import { ask } from "../parts/dialog.ts";
import { button, element, hidden } from "../parts/element.ts";
import { formatNumber } from "../parts/format.ts";
import { empty } from "../parts/loading.ts";
import { panel } from "../parts/panel.ts";

/** Makes the panel. */
export function hostsPanel({ schemaName, hosts }: TenantDetail, changed: () => void): HTMLElement {
  return panel(
    "Hosts",
    [
      element("span", { class: "muted" }, formatNumber(hosts.length)),
      button("Add host…", { class: "quiet" }, () => add(schemaName, changed)),
    ],
    hosts.length === 0
      ? empty("No host", element("p", {}, "Without a host, no request reaches this tenant."))
      : element(
          "ul",
          { class: "rows" },
          hosts.map((host) => {
            const remover = button("Remove…", { class: "quiet" }, () =>
              remove(schemaName, host, changed),
            );
            remover.append(hidden(` ${host}`));
            return element("li", {}, element("span", { class: "code" }, host), remover);
          }),
        ),
  );
}

function add(schemaName: string, changed: () => void): void {
  ask({
    title: `Add a host to ${schemaName}`,
    text: element("p", {}, "Requests for this host reach the tenant as soon as it is added."),
    fields: [
      {
        name: "host",
        label: "Host",
        type: "text",
        hint: "For example acme.example.com, acme.example.com:5000 or *.acme.example.com",
      },
    ],
    verb: "Add host",
    pending: "Adding",
    async act(values) {
      const path = tenantPath(schemaName, "hosts", values.get("host") ?? "");
      const { host } = await change<{ readonly host: string }>(path, {}, "PUT");
      changed();
      return `Added host ${host} to ${schemaName}`;
    },
  });
}

function remove(schemaName: string, host: string, changed: () => void): void {
  ask({
    title: `Remove host ${host}`,
    text: element(
      "p",
      {},
      "The service then answers requests for this host with 404. The tenant keeps its data and its other hosts.",
    ),
    verb: "Remove host",
    isGrave: true,
    pending: "Removing",
    async act() {
      await change(tenantPath(schemaName, "hosts", host), {}, "DELETE");
      changed();
      return `Removed host ${host} from ${schemaName}`;
    },
  });
}
