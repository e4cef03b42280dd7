// Runs a transaction with a short lock timeout, and retries it.

import { setTimeout } from "node:timers/promises";
import { query, type Registry } from "../registry/registry.ts";
import { isPassing, retryAfter } from "./retry.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

const LOCK_TIMEOUT_MS = 2000;
const ATTEMPTS = 12;

/**
 * Runs `work` in a transaction whose statements wait at most 2 s for a lock, because later statements of other
 * sessions queue behind them. It makes up to 12 attempts while the error is temporary.
 * @throws the error of the last attempt
 */
export async function transact<T>(
  { withTransaction }: Registry,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await withTransaction(async (transaction) => {
        await query(transaction, `set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
        return work(transaction);
      });
    } catch (error) {
      if (attempt === ATTEMPTS || !isPassing(error)) throw error;
      await setTimeout(retryAfter(attempt).afterMs);
    }
  }
}
