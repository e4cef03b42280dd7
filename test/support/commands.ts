// SQL commands on a connection of their own.

import pg from "pg";

/** Runs commands one after the other and returns the rows of the last. */
export async function runCommands<R extends object = Record<string, unknown>>(
  url: string,
  commands: readonly string[],
): Promise<R[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    let rows: R[] = [];
    for (const command of commands) ({ rows } = await client.query<R>(command));
    return rows;
  } finally {
    await client.end();
  }
}
