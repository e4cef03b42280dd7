// Queries of the catalogs that a connection plans once. A plan is made again when the search_path is another one than
// before, and migrations change it: so it is set first.

import { query } from "../registry.ts";
import { clientOf, type Transaction } from "./transaction-client.ts";

// With this path, only names of pg_catalog are written unqualified. The queries have so many tables that PostgreSQL would
// compile them, which takes longer than to run them.
const SETTINGS = `
  select set_config('search_path', 'pg_catalog', true), set_config('jit', 'off', true),
    set_config('plan_cache_mode', 'force_generic_plan', true)`;

/** Sets the search_path of a transaction for {@link queryPrepared}. */
export async function setCatalogPath(transaction: Transaction): Promise<void> {
  await query(transaction, SETTINGS);
}

/**
 * Runs a query of the catalogs within a transaction, after {@link setCatalogPath}.
 * @param name one for each text
 * @throws pg's DatabaseError
 */
export async function queryPrepared<R extends object>(
  transaction: Transaction,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<readonly R[]> {
  const { rows } = await clientOf(transaction).query<R>({
    name: `rowhouse_${name}`,
    text,
    values: [...values],
  });
  return rows;
}
