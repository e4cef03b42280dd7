// A check: one promise that a pooler must keep.

import type { Pool, Subject } from "./pool.ts";

/** A check. */
export interface Check {
  /** What must hold, such as "two tenants in turn are kept apart". */
  readonly name: string;
  /**
   * Performs the check, and leaves only the seeded rows.
   * @returns a summary of the work, such as "400 messages of 8 clients"
   * @throws {Error} that names the promise which did not hold
   */
  run(pool: Pool): Promise<string>;
}

/** Runs a check, then looks at every server connection of the pool. Errors: as {@link Check.run}. */
export async function performCheck(pool: Pool, check: Check): Promise<string> {
  const did = await check.run(pool);
  const count = await pool.survey();
  return `${did}; ${count} server ${count === 1 ? "connection is" : "connections are"} as in the beginning`;
}

/** @throws {Error} when two values differ; the message has both, as JSON */
export function expectSame(what: string, seen: unknown, wanted: unknown): void {
  const [a, b] = [JSON.stringify(seen), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${a}, expected ${b}`);
}

/** The two statements that every message of a tenant begins with. */
export function entryOf({ host }: Subject): readonly string[] {
  return ["reset role", `select rowhouse.enter_tenant('{"${host}"}')`];
}

/** Returns a statement that adds a tenant's own value under a key. */
export function insertOf({ number }: Subject, key: number): string {
  return `insert into data (key, value) values (${key}, ${number * 1000 + key}) returning key`;
}
