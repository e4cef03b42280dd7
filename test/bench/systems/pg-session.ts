// pg's pool with a session SET before each query: a request holds a connection, and sets its search path.
// Right on a connection of one's own. Behind a transaction pooler the query may run on another server
// connection than the SET did. The same HTTP adapter and router as Rowhouse.

import pg from "pg";
import { serveRoutes } from "./routes.ts";
import { CONNECTIONS, databaseUrl } from "./setting.ts";

const pool = new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS });

async function inTenant(
  schema: string,
  text: string,
  values: readonly unknown[],
): Promise<readonly Record<string, unknown>[]> {
  const client = await pool.connect();
  try {
    await client.query(`set search_path to ${pg.escapeIdentifier(schema)}`);
    return (await client.query<Record<string, unknown>>(text, [...values])).rows;
  } finally {
    client.release();
  }
}

serveRoutes({
  read: (schema, key) => inTenant(schema, "select value from data where key = $1", [key]),
  write: (schema, { key, value }) =>
    inTenant(
      schema,
      `insert into data (key, value) values ($1, $2)
        on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at
        returning value`,
      [key, value],
    ),
  insert: (schema, pairs) =>
    inTenant(
      schema,
      "insert into data (key, value) select * from unnest($1::int[], $2::int[]) returning key",
      [pairs.map(({ key }) => key), pairs.map(({ value }) => value)],
    ),
});
