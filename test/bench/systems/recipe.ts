// The usual way to serve a schema per tenant, as a program to compare with: postgres.js, the search
// path set in a transaction, hosts in memory. The same HTTP adapter, router and routes as Rowhouse;
// no log, no limits, no deadlines. Environment: DATABASE_URL, PORT, HOSTS (JSON, host to schema).

import { createServer } from "node:http";
import process from "node:process";
import { getRequestListener } from "@hono/node-server";
import { type IRequest, Router } from "itty-router";
import postgres from "postgres";

const CONNECTIONS = 16; // as Rowhouse has

const hosts = new Map(Object.entries(JSON.parse(process.env["HOSTS"] ?? "{}") as object)) as Map<
  string,
  string
>;
const sql = postgres(process.env["DATABASE_URL"] ?? "", { max: CONNECTIONS, prepare: false });

type Rows = readonly postgres.Row[];

/** Resolves to undefined when no tenant has the request's host. */
async function inTenant(
  request: IRequest,
  work: (tx: postgres.TransactionSql) => Promise<Rows>,
): Promise<Rows | undefined> {
  const schema = hosts.get(request.headers.get("host") ?? "");
  if (schema === undefined) return undefined;
  return sql.begin(async (tx) => {
    await tx`set local search_path to ${tx(schema)}`;
    return work(tx);
  });
}

function getValue(request: IRequest): Promise<Response> {
  const key = Number(request.params["key"]);
  return inTenant(request, (tx) => tx`select value from data where key = ${key}`).then((rows) =>
    rows?.[0] ? Response.json(rows[0]) : new Response(null, { status: 404 }),
  );
}

function insertPair(request: IRequest): Promise<Response> {
  const [key, value] = [Number(request.params["key"]), Number(request.params["value"])];
  return inTenant(
    request,
    (tx) => tx`
      insert into data (key, value) values (${key}, ${value})
      on conflict (key) do nothing returning key`,
  ).then((rows) =>
    rows?.[0]
      ? Response.json({ status: "success" })
      : new Response(null, { status: rows ? 400 : 404 }),
  );
}

const router = Router()
  .get("/healthz", () => Response.json({ status: "ok" }))
  .post("/data/insert/:key/:value", insertPair)
  .get("/data/get/:key", getValue)
  .get("/data/:key", getValue);

const listener = getRequestListener((request) => router.fetch(request) as Promise<Response>);
createServer((incoming, outgoing) => void listener(incoming, outgoing)).listen(
  Number(process.env["PORT"]),
  "127.0.0.1",
);
