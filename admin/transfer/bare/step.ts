// A step: the command that takes off an object which may object to rows, and the one that puts it back as it was.

import type { ClientBase } from "pg";

/** A pair of commands; each is one statement. */
export interface Step {
  /** Takes the object off; empty where another step does so. */
  readonly off: string;
  /** Puts the object back; empty where another step does so. */
  readonly on: string;
}

/** Reads steps with a query that has the columns `off` and `on`, and the schema as $1. */
export async function readSteps(
  client: ClientBase,
  schemaName: string,
  text: string,
): Promise<readonly Step[]> {
  const { rows } = await client.query<Step>(text, [schemaName]);
  return rows;
}

/** Takes all of them off. */
export async function takeOff(client: ClientBase, steps: readonly Step[]): Promise<void> {
  for (const { off } of steps) if (off !== "") await client.query(off);
}

/** Puts all of them back. */
export async function putBack(client: ClientBase, steps: readonly Step[]): Promise<void> {
  for (const { on } of steps) if (on !== "") await client.query(on);
}

/** Steps that could not be put back, and the error of the first. */
export interface Rest {
  readonly steps: readonly Step[];
  readonly error: unknown;
}

/**
 * Puts steps back in an order that works. An object may need others that only a function's body names, which the
 * catalogs do not record: a step that fails is tried again after the others, as long as each round succeeds with
 * one more.
 */
export async function putBackInRounds(
  client: ClientBase,
  steps: readonly Step[],
): Promise<Rest | undefined> {
  let left = steps.filter(({ on }) => on !== "");
  while (left.length > 0) {
    const failed: Step[] = [];
    let first: unknown;
    for (const step of left) {
      await client.query("savepoint rowhouse_step");
      try {
        await client.query(step.on);
      } catch (error) {
        first ??= error;
        failed.push(step);
        await client.query("rollback to savepoint rowhouse_step");
      }
      await client.query("release savepoint rowhouse_step");
    }
    if (failed.length === left.length) return { steps: failed, error: first };
    left = failed;
  }
  return undefined;
}
