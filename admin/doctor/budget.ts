// The cost of many schemas to the server: catalogs on disk, catalog cache in each server connection, locks.

import { formatCount } from "../print/count.ts";
import { readRows, type Registry } from "../registry/registry.ts";
import { type Finding, judge } from "./finding.ts";

// The memory that a backend keeps for a table with three indexes and a foreign key after using it, measured with 300,000
// of them on PostgreSQL 18. A table with its key alone takes 11 KiB.
const CACHE_BYTES_PER_TABLE = 15 * 2 ** 10;
const MUCH_CACHE_BYTES = 256 * 2 ** 20;
// Verbs work on this many tenants at once, and a verb that drops or copies a tenant locks all of its relations.
const TENANTS_AT_ONCE = 8;

/** The figures of the budget: counts, and sizes in bytes. */
export interface Figures {
  readonly tenants: number;
  readonly schemas: number;
  readonly relations: number;
  readonly tables: number;
  readonly largest: number;
  readonly bytes: string;
  readonly connections: number;
  readonly used: number;
  readonly locksPerTransaction: number;
  readonly preparedTransactions: number;
}

/** Reads the figures, and reports those that are out of bounds. */
export async function examineBudget(registry: Registry): Promise<readonly Finding[]> {
  const [figures] = await readRows<Figures>(registry, FIGURES);
  if (figures === undefined) throw new Error("Cannot read the catalogs: they are empty");
  return judgeBudget(figures);
}

/** Reports the figures that are out of bounds. */
export function judgeBudget(figures: Figures): readonly Finding[] {
  const { tenants, schemas, relations, tables, largest, connections, used } = figures;
  const cache = tables * CACHE_BYTES_PER_TABLE;
  const capacity = figures.locksPerTransaction * (connections + figures.preparedTransactions);
  const wanted = largest * TENANTS_AT_ONCE;
  const all = size(cache * connections);
  return [
    {
      level: "ok",
      check: "catalogs",
      seen:
        `${formatCount(tenants, "tenant")}; ${formatCount(schemas, "schema")}, ${formatCount(relations, "relation")}, ` +
        `${size(Number(figures.bytes))} of catalogs`,
    },
    judge(
      "catalog cache",
      cache < MUCH_CACHE_BYTES,
      `at most ${size(cache)} in a server connection that has served every tenant`,
      "warn",
      `up to ${size(cache)} in each server connection that has served every tenant, ` +
        `${all} in all ${connections}`,
      "limit the lifetime of the pooler's server connections (server_lifetime), and keep their number small",
    ),
    judge(
      "locks",
      wanted <= capacity,
      `room for ${capacity}; the largest tenant has ${largest} relations`,
      "warn",
      `room for ${capacity}, and ${TENANTS_AT_ONCE} verbs' transactions with ${largest} relations each need ${wanted}`,
      `raise max_locks_per_transaction to ${Math.ceil((wanted * 1.5) / connections)} and restart the server`,
    ),
    judge(
      "connections",
      used < connections * 0.8,
      `${used} of ${connections} are in use`,
      "warn",
      `${used} of ${connections} are in use`,
      "put a pooler in transaction mode before the service, rather than raise max_connections",
    ),
  ];
}

function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

const FIGURES = `
  with counted as (
    select relnamespace, count(*) as relations, count(*) filter (where relkind in ('r', 'p')) as tables
      from pg_catalog.pg_class group by relnamespace
  ), own as (
    select c.relations, c.tables
      from rowhouse.tenant as t
      join pg_catalog.pg_namespace as n on n.nspname = t.schema_name
      join counted as c on c.relnamespace = n.oid
  )
  select (select count(*)::int from rowhouse.tenant) as tenants,
    (select count(*)::int from pg_catalog.pg_namespace) as schemas,
    (select sum(relations)::int from counted) as relations,
    (select coalesce(sum(tables), 0)::int from own) as tables,
    (select coalesce(max(relations), 0)::int from own) as largest,
    (select sum(pg_catalog.pg_total_relation_size(oid)) from pg_catalog.pg_class
      where relnamespace = 'pg_catalog'::regnamespace and relkind = 'r')::text as bytes,
    current_setting('max_connections')::int as connections,
    (select count(*)::int from pg_catalog.pg_stat_activity where datid is not null) as used,
    current_setting('max_locks_per_transaction')::int as "locksPerTransaction",
    current_setting('max_prepared_transactions')::int as "preparedTransactions"`;
