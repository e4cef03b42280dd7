// drizzle-multitenant with Fastify, as its README says: a pool of connections for each tenant, whose search
// path is in the startup packet. With room for a pool of every tenant, one connection each: with the 50
// pools that are its default, three requests in four would open a new one. (Version 1.3.5 has no
// fastifyTenantPlugin, which the README names, and its plugin gives a request no db: its own documentation's
// createFastifyPlugin and the manager stand in for them.)

import { eq, sql } from "drizzle-orm";
import { integer, pgTable, timestamp } from "drizzle-orm/pg-core";
import { createTenantManager, defineConfig } from "drizzle-multitenant";
import { createFastifyPlugin } from "drizzle-multitenant/fastify";
import fastify, { type FastifyRequest } from "fastify";
import { databaseUrl, findSchema, type Pair, port } from "./setting.ts";

const MAX_TENANTS = 200;

const data = pgTable("data", {
  key: integer().primaryKey(),
  value: integer().notNull(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
});

const manager = createTenantManager(
  defineConfig({
    connection: { url: databaseUrl, poolConfig: { max: 1 } },
    isolation: { strategy: "schema", schemaNameTemplate: (id) => id, maxPools: MAX_TENANTS },
    schemas: { tenant: { data } },
  }),
);
const { plugin } = createFastifyPlugin({
  manager,
  extractTenantId: ({ headers }) => findSchema(headers.host),
});

const app = fastify();
await app.register(plugin);
// What PostgreSQL or a pooler says, instead of the failed query.
app.setErrorHandler((error, _request, reply) =>
  reply.code(500).send(String(error instanceof Error ? (error.cause ?? error) : error)),
);

const databaseOf = ({ tenantContext }: FastifyRequest) =>
  manager.getDb(tenantContext?.tenantId ?? "");

app.get("/data/get/:key", async (request, reply) => {
  const { key } = request.params as { key: string };
  const [row] = await databaseOf(request)
    .select({ value: data.value })
    .from(data)
    .where(eq(data.key, Number(key)));
  return row ? { value: row.value } : reply.code(404).send();
});
app.put("/data/:key", async (request) => {
  const { key } = request.params as { key: string };
  const { value } = request.body as Pair;
  const [row] = await databaseOf(request)
    .insert(data)
    .values({ key: Number(key), value })
    .onConflictDoUpdate({
      target: data.key,
      set: { value: sql`excluded.value`, updatedAt: sql`excluded.updated_at` },
    })
    .returning({ value: data.value });
  return { value: row?.value };
});
app.post("/data", async (request, reply) => {
  const rows = await databaseOf(request)
    .insert(data)
    .values(request.body as Pair[])
    .returning({ key: data.key });
  return reply.code(201).send({ inserted: rows.length });
});
await app.listen({ port, host: "127.0.0.1" });
