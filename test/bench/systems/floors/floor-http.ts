// The least that a request can cost: the HTTP adapter alone, answering a constant. Environment: PORT.

import { createServer } from "node:http";
import process from "node:process";
import { getRequestListener } from "@hono/node-server";
import { FLOOR_VALUE } from "../../names.ts";

const body = JSON.stringify({ value: FLOOR_VALUE });
const headers = { "content-type": "application/json" };
const listener = getRequestListener(() => new Response(body, { headers }));
createServer((incoming, outgoing) => void listener(incoming, outgoing)).listen(
  Number(process.env["PORT"]),
  "127.0.0.1",
);
