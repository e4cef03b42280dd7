// The memory of one server connection that has used every table of every tenant.

import pg from "pg";
import { readOwnKiB } from "../growth/backend.ts";
import { tenantName } from "./schema.ts";

/** Reads one row of each table at most. Returns MiB: of the empty connection, and after all of them. */
export async function measureConnection(
  url: string,
  { tenants, tables }: { readonly tenants: number; readonly tables: number },
): Promise<readonly [empty: number, full: number]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    const pid = rows[0]?.pid ?? 0;
    const readMiB = async (): Promise<number> => (await readOwnKiB(pid)) / 1024;
    const empty = await readMiB();
    for (let tenant = 0; tenant < tenants; tenant += 1) {
      const texts = Array.from(
        { length: tables },
        (_, table) => `select id from ${tenantName(tenant)}.t${table + 1} limit 1`,
      );
      await client.query(texts.join(";"));
    }
    return [empty, await readMiB()];
  } finally {
    await client.end();
  }
}
