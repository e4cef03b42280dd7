// Waiting for a condition: a test never sleeps in the hope that something has happened by then.

import { setTimeout } from "node:timers/promises";

const TIMEOUT_MS = 15_000;
const POLL_MS = 5;

/**
 * Waits until `condition` holds.
 * @param what completes "Cannot wait longer: …" in the Error that is thrown after 15 seconds
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Cannot wait longer: ${what}`);
    await setTimeout(POLL_MS);
  }
}
