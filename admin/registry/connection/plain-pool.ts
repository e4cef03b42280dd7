// Connections of pg alone, for queries and transactions that need no model. Sequelize takes more time to load than most
// verbs to do their work.

import pg from "pg";
import type { ServerConnection } from "./connection.ts";
import { markedClient } from "./marked-client.ts";
import type { PlainTransaction } from "./transaction.ts";
import { isReusable, retireClient } from "./transaction-client.ts";

/** The connections of a registry until its models are loaded. */
export interface PlainPool {
  /**
   * Runs one SQL command on any free connection and returns its rows.
   * @throws pg's DatabaseError
   */
  read<R extends object>(this: void, text: string, bind: readonly unknown[]): Promise<R[]>;
  /**
   * Runs `work` in a transaction, which commits when `work` resolves and is rolled back when it rejects.
   * @throws pg's DatabaseError, and what `work` throws
   */
  withTransaction<T>(this: void, work: (transaction: PlainTransaction) => Promise<T>): Promise<T>;
  /** Closes the connections, when the work on them has ended. */
  close(this: void): Promise<void>;
}

// What Sequelize sets, and no compilation: the verbs ask the catalogs with many joins, and PostgreSQL would spend more time
// on compiling than on the query.
const SETTINGS = [
  "set jit = off",
  "set standard_conforming_strings = on",
  "set time zone interval '+00:00' hour to minute",
  "set client_min_messages to warning",
];
const TIMEOUT_MS = 10_000;

/**
 * Prepares the connections; the first query opens one. The caller closes the pool.
 * @param database its name
 * @param limits the maximum number of connections, and how long one waits for more work before it is closed
 */
export function openPlainPool(
  connection: ServerConnection,
  database: string,
  { most, idleMs }: { readonly most: number; readonly idleMs: number },
): PlainPool {
  // The time limit is for a new connection. As an option of the pool it would end the wait for a busy one, too.
  class Client extends markedClient(pg, database, SETTINGS) {
    constructor() {
      super({ ...connection, connectionTimeoutMillis: TIMEOUT_MS, keepAlive: true });
    }
  }
  const pool = new pg.Pool({ Client, max: most, idleTimeoutMillis: idleMs });
  // Without a listener, losing an idle connection would end the process.
  pool.on("error", () => {});
  const withClient = async <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    try {
      return await work(client);
    } finally {
      client.release(!isReusable(client));
    }
  };
  return {
    read: <R extends object>(text: string, bind: readonly unknown[]) =>
      withClient(async (client) => {
        const { rows } = await (bind.length > 0
          ? client.query<R>(text, [...bind])
          : client.query<R>(text));
        return rows;
      }),
    withTransaction: (work) =>
      withClient(async (client) => {
        await client.query("START TRANSACTION");
        try {
          const result = await work({ connection: client });
          const { command } = await client.query("COMMIT");
          // PostgreSQL answers ROLLBACK to a COMMIT of a transaction that has failed.
          if (command !== "COMMIT") throw new Error("Cannot commit: the transaction was undone");
          return result;
        } catch (error) {
          // The connection of a failed rollback is lost, or is closed, which rolls back as well.
          await client.query("ROLLBACK").catch(() => retireClient(client));
          throw error;
        }
      }),
    async close() {
      if (!pool.ending) await pool.end();
    },
  };
}
