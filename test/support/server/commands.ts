// SQL commands, each call as on a connection of its own. A connection is kept for a moment, because a login costs more
// than most commands, and a test that waits for a condition asks again and again.

import pg from "pg";

declare module "pg" {
  interface Client {
    /** A referenced connection, and no other, keeps the process alive. */
    ref(): void;
    unref(): void;
  }
}

const KEPT_MS = 200;

interface Kept {
  readonly client: pg.Client;
  readonly timer: NodeJS.Timeout;
}

const kept = new Map<string, Kept>();

/** Runs commands one after the other and returns the rows of the last. */
export async function runCommands<R extends object = Record<string, unknown>>(
  url: string,
  commands: readonly string[],
): Promise<R[]> {
  const client = (await takeKept(url)) ?? (await connect(url));
  try {
    let rows: R[] = [];
    for (const command of commands) ({ rows } = await client.query<R>(command));
    keep(url, client);
    return rows;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  // Its server may end it while it is kept; whoever runs a command meanwhile gets that command's error.
  client.on("error", () => {});
  client.once("end", () => {
    const found = kept.get(url);
    if (found?.client === client) forget(url, found);
  });
  await client.connect();
  return client;
}

/** The connection that is kept, with nothing left of its last commands; undefined when it is gone. */
async function takeKept(url: string): Promise<pg.Client | undefined> {
  const found = kept.get(url);
  if (found === undefined) return undefined;
  forget(url, found);
  found.client.ref();
  try {
    await found.client.query("discard all");
    return found.client;
  } catch {
    await found.client.end().catch(() => {});
    return undefined;
  }
}

function keep(url: string, client: pg.Client): void {
  const before = kept.get(url);
  if (before) forget(url, before);
  void before?.client.end().catch(() => {});
  const timer = setTimeout(() => {
    kept.delete(url);
    void client.end().catch(() => {});
  }, KEPT_MS);
  kept.set(url, { client, timer });
  client.unref();
}

function forget(url: string, { timer }: Kept): void {
  clearTimeout(timer);
  kept.delete(url);
}
