// How large every tenant is: one query for all of them, kept for a while.

import { setTimeout } from "node:timers/promises";
import { QueryTypes } from "sequelize";
import { databaseCode } from "../registry/database-code.ts";
import type { Registry, TenantStatus } from "../registry/registry.ts";
import type { FleetSizes } from "./api.ts";

/** A look at the sizes that is not taken anew for everyone who asks. */
export interface Sizes {
  /** All sizes, the largest first. */
  read(): Promise<FleetSizes>;
  /** One tenant's, as they were last read; undefined where they were not. */
  find(schemaName: string): number | undefined;
}

interface Row {
  readonly schemaName: string;
  readonly status: TenantStatus;
  readonly bytes: string;
  readonly tables: number;
}

const FRESH_MS = 5000;
// To measure opens every table: the server is at it for a tenth of its time at most.
const PAUSE_PER_MS = 10;
const USABLE_MS = 300_000;
// So long somebody waits for what is measured, before it is an estimate.
const PATIENCE_MS = 300;
const LOCK_TIMEOUT_MS = 300;
const LOCK_NOT_AVAILABLE = "55P03";
const STATUS_CODES: Readonly<Record<TenantStatus, number>> = {
  active: 0,
  read_only: 1,
  suspended: 2,
};

/** Prepares the look; nothing is read before somebody asks. */
export function createSizes(registry: Registry): Sizes {
  let last: FleetSizes | undefined;
  let bytes = new Map<string, number>();
  let readAt = -Infinity;
  let freshMs = FRESH_MS;
  let reading: Promise<FleetSizes> | undefined;
  const keep = (sizes: FleetSizes): FleetSizes => {
    last = sizes;
    bytes = new Map(sizes.schemaNames.map((name, index) => [name, sizes.bytes[index] ?? 0]));
    return sizes;
  };
  const readAnew = async (): Promise<FleetSizes> => {
    const started = performance.now();
    const sizes = await measureOrEstimate(registry);
    readAt = performance.now();
    freshMs = Math.max(FRESH_MS, (readAt - started) * PAUSE_PER_MS);
    return keep(sizes);
  };
  const ask = (): Promise<FleetSizes> => {
    reading ??= readAnew().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  return {
    async read() {
      const age = performance.now() - readAt;
      const isAtWork = reading !== undefined;
      if (last !== undefined && (age <= USABLE_MS || isAtWork)) {
        if (age > freshMs) ask().catch(() => {});
        return last;
      }
      const measured = ask();
      const late = setTimeout(PATIENCE_MS).then(() => undefined);
      const found = await Promise.race([measured, late]);
      if (found !== undefined) return found;
      measured.catch(() => {});
      const estimated = await readSizes(registry, ESTIMATED);
      // What was measured in the meantime stands.
      return reading === undefined && last !== undefined ? last : keep(estimated);
    },
    find: (schemaName) => bytes.get(schemaName),
  };
}

/** Where a table is locked, all are estimated. */
async function measureOrEstimate(registry: Registry): Promise<FleetSizes> {
  try {
    return await readSizes(registry, MEASURED);
  } catch (error) {
    if (databaseCode(error) !== LOCK_NOT_AVAILABLE) throw error;
    return readSizes(registry, ESTIMATED);
  }
}

async function readSizes(registry: Registry, size: string): Promise<FleetSizes> {
  const rows = await readRows(registry, size);
  const bytes = rows.map((row) => Number(row.bytes));
  return {
    at: new Date().toISOString(),
    estimated: size === ESTIMATED,
    total: bytes.reduce((sum, one) => sum + one, 0),
    schemaNames: rows.map(({ schemaName }) => schemaName),
    bytes,
    tables: rows.map(({ tables }) => tables),
    statuses: rows.map(({ status }) => STATUS_CODES[status]),
  };
}

function readRows({ sequelize }: Registry, size: string): Promise<readonly Row[]> {
  return sequelize.transaction(async (transaction) => {
    await sequelize.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`, { transaction });
    return sequelize.query<Row>(
      `select t.schema_name as "schemaName", t.status, coalesce(sum(${size}), 0)::text as bytes,
           (count(*) filter (where c.relkind in ('r', 'p')))::int as tables
         from rowhouse.tenant as t
         left join pg_catalog.pg_namespace as n on n.nspname = t.schema_name
         left join pg_catalog.pg_class as c
           on c.relnamespace = n.oid and c.relkind in ('r', 'p', 'm', 'S', 'i')
        group by t.schema_name
        order by coalesce(sum(${size}), 0) desc, t.schema_name`,
      { type: QueryTypes.SELECT, transaction },
    );
  });
}

// A table's is with its indexes and what is stored out of line.
// https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-DBSIZE
const MEASURED = "case when c.relkind <> 'i' then pg_catalog.pg_total_relation_size(c.oid) end";
// As the last vacuum or analyze has left it, which asks for no lock.
const ESTIMATED = "c.relpages::bigint * current_setting('block_size')::bigint";
