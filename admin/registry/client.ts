// A connection of the admin role's own, for what Sequelize has no form of: COPY, and SQL of a person's.

import type pg from "pg";
import { readConnection } from "./connection.ts";

/** Opens a connection, hands it to `work`, and closes it whatever happens; what runs is rolled back. */
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

/** Opens a connection that outlives a scope; whoever opened it ends it. */
export async function openClient(url: string): Promise<pg.Client> {
  const { default: driver } = await import("pg");
  const client = new driver.Client({
    ...(await readConnection(url, "rowhouse-admin")),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // Without a listener, a connection that is lost between two queries ends the process.
  client.on("error", () => {});
  await client.connect();
  return client;
}
