// Connections for the operator's SQL. They are cleared and reused for the next tenant.

import type pg from "pg";
import { openClient, type Target } from "../registry/connection/client.ts";
import { ADMIN_PATH } from "../registry/connection/marked-client.ts";

// A server connection keeps some 28 KB of catalog for each tenant that it has seen, until it is closed.
const USES = 500;

/** A pool of connections; it opens a connection only when all others are lent. */
export interface Sessions {
  /** Lends a connection to `work` and takes it back when `work` ends, also after an error. */
  lend<T>(work: (client: pg.Client) => Promise<T>): Promise<T>;
  /** Closes all connections. Call it only when none is lent. */
  close(): Promise<void>;
}

/** Creates the pool. It does not connect yet. */
export function openSessions(target: Target): Sessions {
  const idle: { readonly client: pg.Client; uses: number }[] = [];
  return {
    async lend(work) {
      const session = idle.pop() ?? { client: await openClient(target), uses: 0 };
      const { client } = session;
      session.uses += 1;
      try {
        return await work(client);
      } finally {
        if (session.uses < USES && (await isCleared(client))) idle.push(session);
        else await client.end().catch(() => {});
      }
    },
    async close() {
      await Promise.all(idle.splice(0).map(({ client }) => client.end().catch(() => {})));
    },
  };
}

/** Rolls back an open transaction, then discards all settings, statements, listeners and locks of the SQL. */
async function isCleared(client: pg.Client): Promise<boolean> {
  try {
    await client.query("rollback");
    await client.query("discard all");
    await client.query(`set search_path = ${ADMIN_PATH}`);
    return true;
  } catch {
    return false;
  }
}
