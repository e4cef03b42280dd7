// When something that failed is tried again: what waited too long for a lock, lost a deadlock, or lost
// its connection. Jittered, so that those who collided do not meet again.

import { databaseCode, isConnectionLost } from "../registry/database-code.ts";
import type { Again } from "./queue.ts";

const FIRST_MS = 50;
const LONGEST_MS = 2000;

// lock_not_available, deadlock_detected, serialization_failure
const PASSING = new Set(["55P03", "40P01", "40001"]);

/** Whether the same transaction may succeed when it is run again: nothing of it has happened. */
export function isPassing(error: unknown): boolean {
  return PASSING.has(databaseCode(error) ?? "") || isConnectionLost(error);
}

/**
 * How long to wait before another attempt.
 * @param attempt how many there were
 */
export function retryAfter(attempt: number): Again {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  return { afterMs: longest * (0.5 + Math.random() / 2) };
}
