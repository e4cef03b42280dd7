// Where a builder's transaction runs: on the tenant, in a savepoint of its transaction, or nowhere.

import type { TransactionMode } from "../database/transaction-mode.ts";
import type { Tag } from "../query.ts";
import type { Tenant, Transaction } from "../tenant.ts";

/** What a builder is made on: a tenant, a transaction of it, or the shared schemas. */
export type Ground = Tenant<unknown> | Transaction | Tag;

/**
 * Runs a transaction on a tenant, or a savepoint on a transaction of it.
 * @param mode for a tenant; a savepoint has that of its transaction
 * @throws {TypeError} on the shared schemas
 */
export async function begin<T>(
  ground: Ground,
  work: (tx: Transaction) => Promise<T>,
  mode: TransactionMode,
): Promise<T> {
  if (isTenant(ground)) return ground.begin(work, mode);
  if (isTransaction(ground)) return ground.savepoint(work);
  throw new TypeError(
    "Cannot begin: without a tenant each message is a read-only transaction of its own; read in one batch",
  );
}

function isTenant(ground: Ground): ground is Tenant<unknown> {
  return "begin" in ground;
}

function isTransaction(ground: Ground): ground is Transaction {
  return "savepoint" in ground;
}
