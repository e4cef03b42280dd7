// The usual way to serve a schema per tenant, as a program to compare with: postgres.js, the search
// path set in a transaction. The same HTTP adapter, router and routes as Rowhouse; no log, no limits, no
// deadlines.

import postgres from "postgres";
import { serveRoutes } from "./routes.ts";
import { CONNECTIONS, databaseUrl } from "./setting.ts";

const sql = postgres(databaseUrl, { max: CONNECTIONS, prepare: false });

function inTenant<T extends readonly postgres.MaybeRow[]>(
  schema: string,
  statement: (tx: postgres.TransactionSql) => postgres.PendingQuery<T>,
): Promise<readonly postgres.Row[]> {
  return sql.begin(async (tx) => {
    await tx`set local search_path to ${tx(schema)}`;
    return statement(tx);
  }) as Promise<readonly postgres.Row[]>;
}

serveRoutes({
  read: (schema, key) => inTenant(schema, (tx) => tx`select value from data where key = ${key}`),
  write: (schema, { key, value }) =>
    inTenant(
      schema,
      (tx) => tx`
        insert into data (key, value) values (${key}, ${value})
        on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at
        returning value`,
    ),
  insert: (schema, pairs) =>
    inTenant(schema, (tx) => tx`insert into data ${tx(pairs, "key", "value")} returning key`),
});
