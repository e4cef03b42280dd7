// The least that a service can cost: the HTTP adapter and a loop of postgres.js in one program, which sends
// Rowhouse's own text and answers with the value. No router, no log, no limits, no deadlines.

import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { openDriver } from "./driver.ts";
import { recordMessage } from "./message.ts";
import { port } from "../setting.ts";

const HOST = /^t(\d+)\./;
const headers = { "content-type": "application/json" };
const message = await recordMessage();
const ask = openDriver();

const listener = getRequestListener(async (request) => {
  const tenant = Number(HOST.exec(request.headers.get("host") ?? "")?.[1]);
  const key = Number(request.url.slice(request.url.lastIndexOf("/") + 1));
  const value = await ask(message(tenant, key));
  return new Response(JSON.stringify({ value }), { headers });
});
createServer((incoming, outgoing) => void listener(incoming, outgoing)).listen(port, "127.0.0.1");
