// Reads many schemas in few transactions, and leaves out those that another session has locked.

import { databaseCode } from "../registry/database-code.ts";
import { query, readRows, type Registry } from "../registry/registry.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** A query over many schemas that returns a result for each schema. */
export type ReadSchemas<T> = (
  transaction: Transaction,
  schemaNames: readonly string[],
) => Promise<ReadonlyMap<string, T>>;

/** The result of {@link Read} by schema, and the schemas that were locked. */
export interface ReadResult<T> {
  readonly found: ReadonlyMap<string, T>;
  readonly busy: ReadonlySet<string>;
}

const LOCK_TIMEOUT_MS = 500;
const LOCK_NOT_AVAILABLE = "55P03";
const OUT_OF_MEMORY = "53200"; // the lock table is full, too

// The lock that a migration takes on an existing table, which keeps its definition from being read.
const LOCKED = `
  select distinct n.nspname::text as name
    from pg_catalog.pg_locks as l
    join pg_catalog.pg_class as c on c.oid = l.relation
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    join pg_catalog.pg_database as d on d.oid = l.database
   where d.datname = current_database() and l.mode = 'AccessExclusiveLock' and l.granted`;

/**
 * Reads schemas in batches, a transaction each. PostgreSQL reads definitions under a lock: where it cannot get one,
 * the locked schemas are left out; where the lock table is full, the batch is halved.
 * @param size the number of schemas in the first batch
 */
export async function readInBatches<T>(
  registry: Registry,
  schemaNames: readonly string[],
  size: number,
  read: ReadSchemas<T>,
): Promise<ReadResult<T>> {
  const { withTransaction } = registry;
  const found = new Map<string, T>();
  const busy = new Set<string>();
  const batches: (readonly string[])[] = [];
  for (let start = 0; start < schemaNames.length; start += size) {
    batches.push(schemaNames.slice(start, start + size));
  }
  for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) {
    const names = batch;
    try {
      const part = await withTransaction(async (transaction) => {
        await query(transaction, `set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
        return read(transaction, names);
      });
      for (const [schemaName, value] of part) found.set(schemaName, value);
    } catch (error) {
      if (![LOCK_NOT_AVAILABLE, OUT_OF_MEMORY].includes(databaseCode(error) ?? "")) throw error;
      const rows = await readRows<{ name: string }>(registry, LOCKED);
      const locked = new Set(rows.map(({ name }) => name));
      const free = names.filter((name) => !locked.has(name));
      if (free.length < names.length) {
        for (const name of names) if (locked.has(name)) busy.add(name);
        if (free.length > 0) batches.push(free);
      } else if (names.length === 1) busy.add(names[0] ?? "");
      else {
        const middle = Math.floor(names.length / 2);
        batches.push(names.slice(0, middle), names.slice(middle));
      }
    }
  }
  return { found, busy };
}
