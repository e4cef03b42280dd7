// Decides when to retry failed work: after a lock timeout, a deadlock or a lost connection. Delays are jittered, so
// that transactions that collided do not collide again.

import { databaseCode, isConnectionLost } from "../registry/database-code.ts";
import type { Again } from "./queue.ts";

const FIRST_MS = 50;
const LONGEST_MS = 2000;

// lock_not_available, deadlock_detected, serialization_failure
const PASSING = new Set(["55P03", "40P01", "40001"]);

/** Returns whether a failed transaction may succeed when it is run again. */
export function isPassing(error: unknown): boolean {
  return PASSING.has(databaseCode(error) ?? "") || isConnectionLost(error);
}

/**
 * Computes the delay before the next attempt.
 * @param attempt number of attempts so far
 */
export function retryAfter(attempt: number): Again {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  return { afterMs: longest * (0.5 + Math.random() / 2) };
}
