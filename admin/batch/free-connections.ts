// Derives the default concurrency from the free connections of the server.

import { MAX_CONNECTIONS, readRows, type Registry } from "../registry/registry.ts";

// More would not be faster: the server's cores and its single write-ahead log limit DDL.
const MOST_BY_DEFAULT = 8;

/**
 * Computes the concurrency when --concurrency is left out: half of the connections that are free now, from 1 to 8.
 */
export async function defaultConcurrency(registry: Registry): Promise<number> {
  const [row] = await readRows<{ free: number }>(
    registry,
    `select current_setting('max_connections')::int
       - current_setting('superuser_reserved_connections')::int
       - coalesce(current_setting('reserved_connections', true)::int, 0)
       - (select count(*)::int from pg_catalog.pg_stat_activity where datid is not null) as free`,
  );
  return Math.max(1, Math.min(MOST_BY_DEFAULT, Math.floor((row?.free ?? 2) / 2)));
}

/** The bounds of `--concurrency`. */
export const CONCURRENCY: { readonly min: number; readonly max: number } = {
  min: 1,
  max: MAX_CONNECTIONS - 2,
};
