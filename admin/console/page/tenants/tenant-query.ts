// The query of the list of tenants, as it is written in the page's URL.

import type { TenantSort } from "../../api.ts";
import { viewHash } from "../view.ts";

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
  /** As in Stage. */
  readonly database: string;
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
    database: parameters.get("database") ?? "",
    search: parameters.get("search") ?? "",
    only: parameters.get("only") ?? "",
    sort: SORTS.find((sort) => sort === parameters.get("sort")) ?? "schemaName",
    order: parameters.get("order") === "desc" ? "desc" : "asc",
    offset: Number.isSafeInteger(offset) && offset > 0 ? offset : 0,
    limit: PAGE,
  };
}

/** Writes the hash of the query, without defaults. */
export function writeQuery({ search, only, sort, order, offset, database }: Query): string {
  return viewHash("tenants", {
    ...{ search, only, database },
    sort: sort === "schemaName" ? "" : sort,
    order: order === "asc" ? "" : order,
    offset: offset > 0 ? String(offset) : "",
  });
}
