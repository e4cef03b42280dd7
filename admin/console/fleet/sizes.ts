// The size of every tenant: one query for all of them, whose answer is kept for a while.

import { setTimeout } from "node:timers/promises";
import type { Report } from "../../../src/report.ts";
import { IS_CITUS, SHARD_SIZES } from "../../citus/sql.ts";
import { databaseCode } from "../../registry/database-code.ts";
import { query, readRows, type Registry, type TenantStatus } from "../../registry/registry.ts";
import type { FleetSizes, SizesState } from "../api.ts";

/** The sizes of the tenants, which the console reads when a page asks. */
export interface Sizes {
  /**
   * Returns all sizes, the largest first. When they cannot be read, they are those that were read before.
   * @throws Sequelize's or pg's DatabaseError when they were never read
   */
  read(): Promise<FleetSizes>;
  /** Returns one tenant's size in bytes, as it was last read; undefined when it was not. */
  find(schemaName: string): number | undefined;
  /** Says when the sizes were read, and why they are not newer. */
  state(): SizesState;
}

/** The receivers of a failure to read the sizes. */
export interface SizesOptions {
  readonly report: Report;
  /** Turns an error into a line for the page. */
  readonly explain: (error: unknown) => string;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  /** With more tables than this, the sizes are estimates. */
  readonly mostTables?: number;
}

interface Row {
  readonly schemaName: string;
  readonly status: TenantStatus;
  readonly bytes: string;
  readonly tables: number;
}

const FRESH_MS = 5000;
// To measure a table takes PostgreSQL 0.3 ms, and 20 kB of the session's memory: with more tables the sizes are estimates.
const MOST_MEASURED_TABLES = 5000;
// To measure opens every table: the server spends a tenth of its time on it at most.
const PAUSE_PER_MS = 10;
const USABLE_MS = 300_000;
// After this time a page gets an estimate instead.
const PATIENCE_MS = 300;
const LOCK_TIMEOUT_MS = 300;
const LOCK_NOT_AVAILABLE = "55P03";
const STATUS_CODES: Readonly<Record<TenantStatus, number>> = {
  active: 0,
  read_only: 1,
  suspended: 2,
};

/** Prepares the sizes; the first page that asks has them read. */
export function createSizes(
  registry: Registry,
  {
    report,
    explain,
    now = () => performance.now(),
    mostTables = MOST_MEASURED_TABLES,
  }: SizesOptions,
): Sizes {
  let last: FleetSizes | undefined;
  let bytes = new Map<string, number>();
  let problem: string | null = null;
  let measuredAt = -Infinity;
  let triedAt = -Infinity;
  let freshMs = FRESH_MS;
  let measuring: Promise<FleetSizes> | undefined;
  const keep = (sizes: FleetSizes): FleetSizes => {
    last = sizes;
    bytes = new Map(sizes.schemaNames.map((name, index) => [name, sizes.bytes[index] ?? 0]));
    return sizes;
  };
  const measure = async (): Promise<FleetSizes> => {
    const started = now();
    try {
      const sizes = keep(await measureOrEstimate(registry, mostTables));
      measuredAt = now();
      problem = null;
      return sizes;
    } catch (error) {
      report(error);
      problem = explain(error);
      throw error;
    } finally {
      triedAt = now();
      freshMs = Math.max(FRESH_MS, (triedAt - started) * PAUSE_PER_MS);
    }
  };
  const ask = (): Promise<FleetSizes> => {
    measuring ??= measure().finally(() => {
      measuring = undefined;
    });
    return measuring;
  };
  /** Its failures are reported already. */
  const askInBackground = (): void => void ask().catch(() => {});
  const askOrEstimate = async (): Promise<FleetSizes> => {
    const late = setTimeout(PATIENCE_MS).then(() => undefined);
    const found = await Promise.race([ask(), late]);
    if (found !== undefined) return found;
    askInBackground();
    const estimated = toSizes(await readRows<Row>(registry, sizesBy(ESTIMATED)), true);
    // Sizes that were measured in the meantime are better.
    return measuring === undefined && last !== undefined ? last : keep(estimated);
  };
  return {
    async read() {
      const time = now();
      const isFresh = time - triedAt <= freshMs;
      const isUsable = isFresh || time - measuredAt <= USABLE_MS || measuring !== undefined;
      if (last !== undefined && isUsable) {
        if (!isFresh) askInBackground();
        return { ...last, problem };
      }
      try {
        return { ...(await askOrEstimate()), problem };
      } catch (error) {
        if (last === undefined) throw error;
        return { ...last, problem };
      }
    },
    find: (schemaName) => bytes.get(schemaName),
    state: () => ({ at: last?.at ?? null, problem }),
  };
}

/** Measures all sizes, or estimates them while a table is locked and when the tables are too many. */
async function measureOrEstimate(registry: Registry, mostTables: number): Promise<FleetSizes> {
  let estimate: FleetSizes | undefined;
  try {
    return await registry.withTransaction(async (transaction) => {
      const [server] = await query<{ citus: boolean }>(
        transaction,
        `select ${IS_CITUS} as citus from set_config('lock_timeout', '${LOCK_TIMEOUT_MS}', true)`,
      );
      estimate = toSizes(await query<Row>(transaction, sizesBy(ESTIMATED)), true);
      // On Citus the estimate is of empty shells, and to measure is one question to each node.
      if (server?.citus) {
        const size = `coalesce(shard.bytes, ${MEASURED})`;
        return toSizes(await query<Row>(transaction, sizesBy(size, SHARD_SIZES)), false);
      }
      if (estimate.tables.reduce((sum, one) => sum + one, 0) > mostTables) return estimate;
      return toSizes(await query<Row>(transaction, sizesBy(MEASURED)), false);
    });
  } catch (error) {
    if (estimate === undefined || databaseCode(error) !== LOCK_NOT_AVAILABLE) throw error;
    return estimate;
  }
}

function toSizes(rows: readonly Row[], estimated: boolean): FleetSizes {
  const bytes = rows.map((row) => Number(row.bytes));
  return {
    at: new Date().toISOString(),
    problem: null,
    estimated,
    total: bytes.reduce((sum, one) => sum + one, 0),
    schemaNames: rows.map(({ schemaName }) => schemaName),
    bytes,
    tables: rows.map(({ tables }) => tables),
    statuses: rows.map(({ status }) => STATUS_CODES[status]),
  };
}

const sizesBy = (size: string, join = ""): string => `
  select t.schema_name as "schemaName", t.status, coalesce(sum(${size}), 0)::text as bytes,
      (count(*) filter (where c.relkind in ('r', 'p')))::int as tables
    from rowhouse.tenant as t
    left join pg_catalog.pg_namespace as n on n.nspname = t.schema_name
    left join pg_catalog.pg_class as c
      on c.relnamespace = n.oid and c.relkind in ('r', 'p', 'm', 'S', 'i')
    ${join}
   group by t.schema_name
   order by coalesce(sum(${size}), 0) desc, t.schema_name`;

// A table's size includes its indexes and what is stored out of line.
// https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-DBSIZE
const MEASURED = "case when c.relkind <> 'i' then pg_catalog.pg_total_relation_size(c.oid) end";
// The size at the last vacuum or analyze. Reading it takes no lock.
const ESTIMATED = "c.relpages::bigint * current_setting('block_size')::bigint";
