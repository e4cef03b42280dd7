// Drizzle on its own driver, pg: a table of each tenant's schema, as Drizzle's documentation has it:
// https://orm.drizzle.team/docs/schemas. The same HTTP adapter and router as Rowhouse.

import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { integer, pgSchema } from "drizzle-orm/pg-core";
import pg from "pg";
import { serveRoutes } from "./routes.ts";
import { CONNECTIONS, databaseUrl } from "./setting.ts";

const database = drizzle(new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS }));

const createTable = (schema: string) =>
  pgSchema(schema).table("data", { key: integer().primaryKey(), value: integer().notNull() });

const tables = new Map<string, ReturnType<typeof createTable>>();

function tableOf(schema: string): ReturnType<typeof createTable> {
  const table = tables.get(schema) ?? createTable(schema);
  tables.set(schema, table);
  return table;
}

serveRoutes({
  read(schema, key) {
    const data = tableOf(schema);
    return database.select({ value: data.value }).from(data).where(eq(data.key, key));
  },
  write(schema, { key, value }) {
    const data = tableOf(schema);
    return database
      .insert(data)
      .values({ key, value })
      .onConflictDoUpdate({ target: data.key, set: { value } })
      .returning({ value: data.value });
  },
  insert(schema, pairs) {
    const data = tableOf(schema);
    return database
      .insert(data)
      .values([...pairs])
      .returning({ key: data.key });
  },
});
