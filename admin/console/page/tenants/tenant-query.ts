// The query of the list of tenants, as it is written in the page's URL.

import type { TenantSort } from "../../api.ts";

const PAGE = 50;
const SORTS: readonly TenantSort[] = [
  "schemaName",
  "host",
  "status",
  "version",
  "statementTimeoutMs",
  "createdAt",
  "bytes",
];

/** The query of a page of the list. */
export interface Query {
  readonly search: string;
  /** The state of the tenants; "" for all. */
  readonly only: string;
  readonly sort: TenantSort;
  readonly order: "asc" | "desc";
  readonly offset: number;
  readonly limit: number;
}

/** Reads the query. A malformed parameter gets its default. */
export function readQuery(parameters: URLSearchParams): Query {
  const offset = Number(parameters.get("offset") ?? 0);
  return {
    search: parameters.get("search") ?? "",
    only: parameters.get("only") ?? "",
    sort: SORTS.find((sort) => sort === parameters.get("sort")) ?? "schemaName",
    order: parameters.get("order") === "desc" ? "desc" : "asc",
    offset: Number.isSafeInteger(offset) && offset > 0 ? offset : 0,
    limit: PAGE,
  };
}

/** Writes the hash of the query, without defaults. */
export function writeQuery({ search, only, sort, order, offset }: Query): string {
  const parameters = new URLSearchParams();
  if (search !== "") parameters.set("search", search);
  if (only !== "") parameters.set("only", only);
  if (sort !== "schemaName") parameters.set("sort", sort);
  if (order !== "asc") parameters.set("order", order);
  if (offset > 0) parameters.set("offset", String(offset));
  const text = parameters.toString();
  return text === "" ? "#/tenants" : `#/tenants?${text}`;
}
