// A transaction that gives up soon where somebody is in its way, and is tried again.

import { setTimeout } from "node:timers/promises";
import type { Transaction } from "sequelize";
import { query, type Registry } from "../registry/registry.ts";
import { isPassing, retryAfter } from "./retry.ts";

const LOCK_TIMEOUT_MS = 2000;
const ATTEMPTS = 12;

/**
 * Runs `work` in a transaction whose statements wait for a lock for 2 s at most, since whoever comes after
 * them waits as well; up to 12 times while what it fails with may pass.
 * @throws what it failed with at last
 */
export async function transact<T>(
  { sequelize }: Registry,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await sequelize.transaction(async (transaction) => {
        await query(transaction, `set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
        return work(transaction);
      });
    } catch (error) {
      if (attempt === ATTEMPTS || !isPassing(error)) throw error;
      await setTimeout(retryAfter(attempt).afterMs);
    }
  }
}
