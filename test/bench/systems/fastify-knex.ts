// Fastify 5 and knex with a session SET search_path, as most articles do it. A request holds one connection,
// as the better ones say. That is right on a connection of one's own; behind a transaction pooler the query
// may run on another server connection than the SET did.

import fastify, { type FastifyRequest } from "fastify";
import knex, { type Knex } from "knex";
import { CONNECTIONS, databaseUrl, findSchema, type Pair, port } from "./setting.ts";

const database = knex({
  client: "pg",
  connection: databaseUrl,
  pool: { min: 0, max: CONNECTIONS },
});

async function inTenant<T>(
  { headers }: FastifyRequest,
  work: (query: Knex.QueryBuilder) => Knex.QueryBuilder,
): Promise<T[]> {
  const schema = findSchema(headers.host);
  if (schema === undefined) throw new Error("Cannot find tenant");
  const connection: unknown = await database.client.acquireConnection();
  try {
    await database.raw("set search_path to ??", [schema]).connection(connection);
    return await work(database("data").connection(connection));
  } finally {
    await database.client.releaseConnection(connection);
  }
}

const app = fastify();
app.get("/data/get/:key", async (request, reply) => {
  const { key } = request.params as { key: string };
  const [row] = await inTenant<Pair>(request, (data) =>
    data.where("key", Number(key)).select("value"),
  );
  return row ? { value: row.value } : reply.code(404).send();
});
app.put("/data/:key", async (request) => {
  const { key } = request.params as { key: string };
  const { value } = request.body as Pair;
  const [row] = await inTenant<Pair>(request, (data) =>
    data
      .insert({ key: Number(key), value })
      .onConflict("key")
      .merge({ value, updated_at: database.raw("excluded.updated_at") })
      .returning("value"),
  );
  return { value: row?.value };
});
app.post("/data", async (request, reply) => {
  const rows = await inTenant(request, (data) =>
    data.insert(request.body as Pair[]).returning("key"),
  );
  return reply.code(201).send({ inserted: rows.length });
});
await app.listen({ port, host: "127.0.0.1" });
