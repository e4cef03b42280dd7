// Runs work in a transaction that is always rolled back.

import type { Registry } from "../registry/registry.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** Carries the result out of the transaction, and causes the rollback. */
class Undo<T> extends Error {
  readonly result: T;

  constructor(result: T) {
    super("The transaction is rolled back");
    this.result = result;
  }
}

/** Runs `work` in a transaction that is always rolled back, and returns its result. */
export async function undone<T>(
  { withTransaction }: Registry,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  let undo: Undo<T> | undefined;
  try {
    return await withTransaction(async (transaction): Promise<never> => {
      undo = new Undo(await work(transaction));
      throw undo;
    });
  } catch (error) {
    if (undo === undefined || error !== undo) throw error;
    return undo.result;
  }
}
