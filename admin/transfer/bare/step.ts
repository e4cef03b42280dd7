// Something that stands in the way of rows: how it is taken off, and how it is put back as it was.

import type { ClientBase } from "pg";

/** Commands; each is one statement. */
export interface Step {
  /** Empty where another step takes it off as well. */
  readonly off: string;
  /** Empty where another step puts it back as well. */
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

/** Steps that could not be put back, and what the first of them said. */
export interface Rest {
  readonly steps: readonly Step[];
  readonly error: unknown;
}

/**
 * Puts steps back in an order that works. What an object needs may stand in a function's body, which no catalog
 * tells: what fails is tried again after the others, as long as one more succeeds each time.
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
