// Decides when to retry failed work: after a lock timeout, a deadlock, a full lock table or a lost connection. Delays
// are jittered, so that transactions that collided do not collide again.

import { databaseCode, isConnectionLost } from "../registry/database-code.ts";
import type { Again } from "./queue.ts";

const FIRST_MS = 50;
const LONGEST_MS = 2000;

const OUT_OF_MEMORY = "53200"; // the lock table is full, too
const ATTEMPTS_FOR_ROOM = 5;

// lock_not_available, deadlock_detected, serialization_failure
const PASSING = new Set(["55P03", "40P01", "40001"]);

/** Returns whether a failed transaction may succeed when it is run again. */
export function isPassing(error: unknown): boolean {
  return PASSING.has(databaseCode(error) ?? "") || isConnectionLost(error);
}

/**
 * Returns whether the lock table was full, and may have room when other transactions have ended. A transaction that
 * needs more than the whole table fails after a few attempts.
 */
export function isCrowded(error: unknown, attempt: number): boolean {
  return databaseCode(error) === OUT_OF_MEMORY && attempt < ATTEMPTS_FOR_ROOM;
}

/**
 * Computes the delay before the next attempt.
 * @param attempt number of attempts so far
 */
export function retryAfter(attempt: number): Again {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  return { afterMs: longest * (0.5 + Math.random() / 2) };
}
