// The least that a service can cost: the HTTP adapter and a loop of postgres.js in one program, which sends
// Rowhouse's own text and answers with the value. No router, no log, no limits, no deadlines.

import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import postgres from "postgres";
import { recordMessage } from "./message.ts";
import { CONNECTIONS, databaseUrl, port } from "./setting.ts";

type Results = readonly (readonly { readonly value?: number }[])[];

const HOST = /^t(\d+)\./;
const headers = { "content-type": "application/json" };
const message = await recordMessage();
const sql = postgres(databaseUrl, {
  max: CONNECTIONS,
  max_pipeline: 0,
  prepare: false,
  fetch_types: false,
  onnotice: () => {},
} as postgres.Options<Record<string, never>>);

const listener = getRequestListener(async (request) => {
  const tenant = Number(HOST.exec(request.headers.get("host") ?? "")?.[1]);
  const key = Number(request.url.slice(request.url.lastIndexOf("/") + 1));
  const results: unknown = await sql.unsafe(message(tenant, key)).simple();
  const value = (results as Results).at(-1)?.[0]?.value;
  return new Response(JSON.stringify({ value }), { headers });
});
createServer((incoming, outgoing) => void listener(incoming, outgoing)).listen(port, "127.0.0.1");
