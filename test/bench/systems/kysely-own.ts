// Kysely on its own driver, pg: the tenant's schema in the name of each table, as Kysely's documentation has it:
// https://kysely.dev/docs/recipes/schemas. The same HTTP adapter and router as Rowhouse.

import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { serveRoutes } from "./routes.ts";
import { CONNECTIONS, databaseUrl } from "./setting.ts";

interface Tables {
  readonly data: { readonly key: number; readonly value: number };
}

const pool = new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS });
const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });

serveRoutes({
  read: (schema, key) =>
    database.withSchema(schema).selectFrom("data").select("value").where("key", "=", key).execute(),
  write: (schema, { key, value }) =>
    database
      .withSchema(schema)
      .insertInto("data")
      .values({ key, value })
      .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
      .returning("value")
      .execute(),
  insert: (schema, pairs) =>
    database.withSchema(schema).insertInto("data").values(pairs).returning("key").execute(),
});
