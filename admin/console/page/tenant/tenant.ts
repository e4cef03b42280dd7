// The view of one tenant: its state, hosts, tables, history, changes and verbs.

import type { Job, TenantDetail } from "../../api.ts";
import { notify } from "../parts/announce.ts";
import { badge, capital, statusBadge } from "../parts/badge.ts";
import { read, ownPath } from "../client.ts";
import { element, link, type Content } from "../parts/element.ts";
import { formatBytes, formatMs, formatTime } from "../parts/format.ts";
import { changesPanel } from "./changes.ts";
import { historyPanel } from "./history.ts";
import { hostsPanel } from "./hosts.ts";
import { jobLine } from "./job.ts";
import { type Loaded, loaded } from "../parts/loading.ts";
import { viewHeading } from "../parts/panel.ts";
import { settingsPanel } from "./settings.ts";
import { tablesPanel } from "./tables.ts";
import { verbButtons } from "./verbs.ts";
import { type Stage, tenantHash, type View } from "../view.ts";

/** Shows a tenant. */
export function showTenant({ name, signal, events }: Stage): View {
  // The last job names the file of an export after its end.
  let last: Job | null = null;
  const detail: Loaded = loaded(
    `tenant ${name}`,
    signal,
    () => read<TenantDetail>(ownPath(name), signal),
    (tenant) => content({ ...tenant, job: tenant.job ?? last }, detail.refresh, { signal, events }),
  );
  events.on("job", signal, (job) => {
    const { schemaName, source, kind, state, message } = job;
    if ((schemaName !== name && source !== name) || state === "running") return;
    last = job;
    notify(message ?? `${capital(kind)} of ${name} ${state}`);
    if (kind === "clone" && source === name && state === "done" && schemaName !== null) {
      location.hash = tenantHash(schemaName);
    } else if (kind === "drop" && state === "done") location.hash = "#/tenants";
    else detail.refresh();
  });
  return {
    title: name,
    root: element(
      "div",
      { class: "view" },
      element("p", { class: "crumb" }, link("#/tenants", {}, "All tenants")),
      detail.root,
    ),
    refresh: detail.refresh,
  };
}

function content(
  tenant: TenantDetail,
  changed: () => void,
  live: Pick<Stage, "signal" | "events">,
): Content {
  const { status, transition, advice, version, newestVersion, job, schemaName } = tenant;
  return [
    viewHeading(
      element("span", { class: "code" }, schemaName),
      [
        statusBadge(status, transition),
        version < newestVersion
          ? badge("behind", `Behind by ${newestVersion - version}`)
          : undefined,
        tenant.history[0]?.outcome === "failed"
          ? badge("failed", "Last migration failed")
          : undefined,
      ],
      verbButtons(tenant, changed),
    ),
    advice === null
      ? undefined
      : element("p", { class: "advice-line" }, element("strong", {}, "In transition. "), advice),
    job === null ? undefined : jobLine(job, live),
    facts(tenant),
    element("div", { class: "columns even" }, hostsPanel(tenant, changed), tablesPanel(tenant)),
    settingsPanel(tenant, changed),
    historyPanel(tenant.history),
    changesPanel(tenant.events),
  ];
}

function facts(tenant: TenantDetail): HTMLElement {
  const { version, migration, newestVersion, bytes, statementTimeoutMs, createdAt } = tenant;
  const { roleName, database } = tenant;
  const pairs: readonly (readonly [string, Content])[] = [
    [
      "Version",
      [
        version < newestVersion ? `${version} of ${newestVersion}` : `${version}, the newest`,
        " ",
        element("span", { class: "muted small code" }, migration),
      ],
    ],
    ["Size", bytes === null ? "Unknown: a table is locked" : formatBytes(bytes)],
    ["Statement timeout", formatMs(statementTimeoutMs)],
    ["Created", formatTime(new Date(createdAt))],
    ...(database === null
      ? []
      : ([["Database", element("span", { class: "code" }, database)]] as const)),
    ["Role", element("span", { class: "code" }, roleName)],
  ];
  return element(
    "dl",
    { class: "panel facts" },
    pairs.map(([term, value]) =>
      element("div", {}, element("dt", {}, term), element("dd", {}, value)),
    ),
  );
}
