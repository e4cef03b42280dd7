// The columns of the list of tenants.

import type { TenantLine, TenantSort } from "../../api.ts";
import { badge, statusBadge } from "../parts/badge.ts";
import { button, element, hidden, link, type Content } from "../parts/element.ts";
import { formatBytes, formatDay, formatMs, formatNumber } from "../parts/format.ts";
import type { Column } from "../parts/table.ts";
import type { Query } from "./tenant-query.ts";
import { tenantHash } from "../view.ts";

/** Makes the columns. Their headings sort the list through `apply`. */
export function columnsOf(
  query: Query,
  apply: (change: Partial<Query>) => void,
): Column<TenantLine>[] {
  const sortable = (
    title: string,
    sort: TenantSort,
  ): Pick<Column<TenantLine>, "title" | "sorted"> => {
    const isSorted = query.sort === sort;
    const isDown = query.order === "desc";
    const order = isSorted ? (isDown ? "asc" : "desc") : sort === "bytes" ? "desc" : "asc";
    return {
      title: button(title, { class: "sort" }, () => apply({ sort, order })),
      sorted: isSorted ? (isDown ? "descending" : "ascending") : "none",
    };
  };
  return [
    { ...sortable("Schema", "schemaName"), isHeading: true, show: nameOf },
    { ...sortable("Hosts", "host"), isWide: true, show: hostsOf },
    { ...sortable("Status", "status"), show: stateOf },
    {
      ...sortable("Version", "version"),
      isNumber: true,
      isWide: true,
      show: ({ version, migration }) => element("span", { title: migration }, String(version)),
    },
    {
      ...sortable("Timeout", "statementTimeoutMs"),
      isNumber: true,
      isWide: true,
      show: ({ statementTimeoutMs }) => formatMs(statementTimeoutMs),
    },
    {
      ...sortable("Created", "createdAt"),
      isNumber: true,
      isWide: true,
      show: ({ createdAt }) => formatDay(new Date(createdAt)),
    },
    {
      ...sortable("Size", "bytes"),
      isNumber: true,
      show: ({ bytes }) => (bytes === null ? "–" : formatBytes(bytes)),
    },
  ];
}

function nameOf({ schemaName, hosts }: TenantLine): Content {
  return [
    link(tenantHash(schemaName), { class: "code" }, schemaName),
    element("span", { class: "muted small narrow clip" }, hosts[0] ?? "no host"),
  ];
}

function hostsOf({ hosts, hostCount }: TenantLine): Content {
  if (hostCount === 0) return element("span", { class: "muted" }, "none");
  const more = hostCount - hosts.length;
  return [
    hosts.join(", "),
    more > 0 ? element("span", { class: "muted" }, ` and ${formatNumber(more)} more`) : undefined,
  ];
}

function stateOf({ status, transition, failed }: TenantLine): Content {
  return [
    statusBadge(status, transition),
    failed ? [" ", badge("failed"), hidden(" last migration")] : undefined,
  ];
}
