// One thing that a pooler is tried with.

import type { Pool, Subject } from "./pool.ts";

/** A check. */
export interface Check {
  /** What must hold, such as "two tenants in turn are kept apart". */
  readonly name: string;
  /**
   * Does it, and leaves only the seeded rows.
   * @returns what was done, such as "400 messages of 8 clients"
   * @throws {Error} that says what did not hold
   */
  run(pool: Pool): Promise<string>;
}

/** Runs a check, then looks at every server connection of the pool. Errors: as {@link Check.run}. */
export async function performCheck(pool: Pool, check: Check): Promise<string> {
  const did = await check.run(pool);
  const count = await pool.survey();
  return `${did}; ${count} server ${count === 1 ? "connection is" : "connections are"} as in the beginning`;
}

/** @throws {Error} when two values are not the same; both are told, as JSON */
export function expectSame(what: string, seen: unknown, wanted: unknown): void {
  const [a, b] = [JSON.stringify(seen), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${a} where ${b} belongs`);
}

/** The two statements that every message of a tenant begins with. */
export function entryOf({ host }: Subject): readonly string[] {
  return ["reset role", `select rowhouse.enter_tenant('{"${host}"}')`];
}

/** A statement that adds a tenant's own value under a key. */
export function insertOf({ number }: Subject, key: number): string {
  return `insert into data (key, value) values (${key}, ${number * 1000 + key}) returning key`;
}
