// Queries outside a transaction on connections of pg alone. A verb that only reads does not load Sequelize, which takes
// longer than the queries.

import pg from "pg";
import type { ServerConnection } from "./connection.ts";
import { markedClient } from "./marked-client.ts";

/** The connections of a registry until its models are loaded. */
export interface Reader {
  /**
   * Runs one SQL command on any free connection and returns its rows.
   * @throws pg's DatabaseError
   */
  read<R extends object>(this: void, text: string, bind: readonly unknown[]): Promise<R[]>;
  /** Closes the connections, when the work on them has ended. */
  close(this: void): Promise<void>;
}

// What Sequelize sets, and no compilation: the verbs ask the catalogs with many joins, and PostgreSQL would spend more time
// on compiling than on the query.
const SETTINGS =
  "set jit = off; set time zone interval '+00:00' hour to minute; set client_min_messages to warning";
const TIMEOUT_MS = 10_000;

/**
 * Prepares the connections; the first query opens one. The caller closes the reader.
 * @param database its name
 * @param pool the maximum number of connections, and how long one waits for more work before it is closed
 */
export function openReader(
  connection: ServerConnection,
  database: string,
  { most, idleMs }: { readonly most: number; readonly idleMs: number },
): Reader {
  // The time limit is for a new connection. As an option of the pool it would end the wait for a busy one, too.
  class Client extends markedClient(pg, database) {
    constructor() {
      super({ ...connection, connectionTimeoutMillis: TIMEOUT_MS, keepAlive: true });
    }
  }
  const pool = new pg.Pool({ Client, max: most, idleTimeoutMillis: idleMs });
  // Without a listener, losing an idle connection would end the process.
  pool.on("error", () => {});
  const ready = new WeakSet<pg.PoolClient>();
  return {
    async read<R extends object>(text: string, bind: readonly unknown[]) {
      const client = await pool.connect();
      try {
        if (!ready.has(client)) await client.query(SETTINGS);
        ready.add(client);
        const { rows } = await (bind.length > 0
          ? client.query<R>(text, [...bind])
          : client.query<R>(text));
        return rows;
      } finally {
        client.release();
      }
    },
    async close() {
      if (!pool.ending) await pool.end();
    },
  };
}
