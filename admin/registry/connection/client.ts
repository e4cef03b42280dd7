// Connections of the admin role for commands that Sequelize cannot send: COPY, and the operator's SQL.

import type pg from "pg";
import { readConnection } from "./connection.ts";
import { markedClient } from "./marked-client.ts";
import { HOME } from "../others.ts";
import type { Registry } from "../registry.ts";

/** What is connected to: the admin role's URL, and the name of its database; home when left out. */
export type Target = Pick<Registry, "url"> & Partial<Pick<Registry, "database">>;

/** Opens a connection, passes it to `work`, and closes it in any case; an open transaction is rolled back. */
export async function withClient<T>(
  target: Target,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await openClient(target);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Opens a connection; the caller closes it. */
export async function openClient({ url, database = HOME }: Target): Promise<pg.Client> {
  const { default: driver } = await import("pg");
  const Client = markedClient(driver, database);
  const client = new Client({
    ...(await readConnection(url, "rowhouse-admin")),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  await client.connect();
  return client;
}
