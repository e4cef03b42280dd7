// PostgreSQL reads a tenant's catalog rows when one of its processes first meets the tenant. Nothing of that
// is left to be measured when every server connection of a pool has met every tenant before.

import pg from "pg";
import { POOL_SIZE } from "../stage.ts";

// A savepoint's locks end with it, and there is room for so many: each takes a table and its indexes.
const BATCH = 100;

/** Sends messages, one for each tenant, on as many connections at once as the pool has, so that each has them. */
export async function warmPool(url: string, messages: readonly string[]): Promise<void> {
  const clients = Array.from({ length: POOL_SIZE }, () => new pg.Client(url));
  try {
    await Promise.all(clients.map((client) => client.connect()));
    // All of them together: a pooler gives a transaction a server connection of its own.
    await Promise.all(clients.map((client) => client.query("begin")));
    for (let from = 0; from < messages.length; from += BATCH) {
      const batch = messages.slice(from, from + BATCH).join(";");
      const text = `savepoint warm;${batch};rollback to savepoint warm`;
      await Promise.all(clients.map((client) => client.query(text)));
    }
    await Promise.all(clients.map((client) => client.query("rollback")));
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}
