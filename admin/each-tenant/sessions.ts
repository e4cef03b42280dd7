// Connections for a person's SQL, used again for the next tenant with nothing left of the one before.

import type pg from "pg";
import { openClient } from "../registry/client.ts";

// A server connection keeps some 28 KB of catalog for each tenant that it has seen, until it is closed.
const USES = 500;

/** Connections that are lent one at a time; no more are open than were ever lent at once. */
export interface Sessions {
  /** Lends one; it comes back when `work` ends. One on which `work` failed comes back as well. */
  lend<T>(work: (client: pg.Client) => Promise<T>): Promise<T>;
  /** Closes them; nothing may be lent then. */
  close(): Promise<void>;
}

/** Opens none yet. */
export function openSessions(url: string): Sessions {
  const idle: { readonly client: pg.Client; uses: number }[] = [];
  return {
    async lend(work) {
      const session = idle.pop() ?? { client: await openClient(url), uses: 0 };
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

/** Undoes what is open, then whatever the SQL has set, prepared, listened to or locked. */
async function isCleared(client: pg.Client): Promise<boolean> {
  try {
    await client.query("rollback");
    await client.query("discard all");
    return true;
  } catch {
    return false;
  }
}
