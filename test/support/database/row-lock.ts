// A row that somebody else holds: whoever writes to it waits until it is released, however fast the
// machine is. So a test says which message is slow, and for how long.

import pg from "pg";
import type { TestDatabase } from "./database.ts";
import { until } from "../until.ts";

/** A held row. Whoever took it releases it. */
export interface RowLock {
  /** Waits until so many messages wait for a lock in this database. */
  waiting(count: number): Promise<void>;
  /** Lets them go on; does nothing the second time. */
  release(): Promise<void>;
}

/** Puts the pair `key`, 0 into a tenant's table, unless it is there, and holds its row. */
export async function holdRow(
  database: Pick<TestDatabase, "adminUrl" | "sql">,
  schemaName: string,
  key: number,
): Promise<RowLock> {
  await database.sql(
    `insert into ${schemaName}.data values (${key}, 0) on conflict (key) do nothing`,
  );
  const holder = new pg.Client(database.adminUrl);
  holder.on("error", () => {}); // the server may be killed meanwhile
  await holder.connect();
  await holder.query(`begin`);
  await holder.query(`select from ${schemaName}.data where key = ${key} for update`);
  let held = true;
  return {
    waiting: (count) =>
      until(`${count} messages do not wait for the row`, async () => {
        const [row] = await database.sql<{ waiting: number }>(
          `select count(*)::int as waiting from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return row?.waiting === count;
      }),
    async release() {
      if (!held) return;
      held = false;
      await holder.end();
    },
  };
}
