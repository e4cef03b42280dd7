// Connections of the admin role for commands that Sequelize cannot send: COPY, and the operator's SQL.

import type pg from "pg";
import { readConnection } from "./connection.ts";

/** Opens a connection, passes it to `work`, and closes it in any case; an open transaction is rolled back. */
export async function withClient<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await openClient(url);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Opens a connection; the caller closes it. */
export async function openClient(url: string): Promise<pg.Client> {
  const { default: driver } = await import("pg");
  const client = new driver.Client({
    ...(await readConnection(url, "rowhouse-admin")),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // Without a listener, losing the connection between two queries would end the process.
  client.on("error", () => {});
  await client.connect();
  return client;
}
