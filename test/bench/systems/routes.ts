// The routes on the bare HTTP adapter and router that Rowhouse uses.

import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { type IRequest, Router } from "itty-router";
import { findSchema, type Pair, port } from "./setting.ts";

type Rows = readonly { readonly [column: string]: unknown }[];

/** What stands behind the routes; each gets the schema of the request's tenant. */
export interface Routes {
  /** @returns a row with `value`, or none */
  readonly read: (schema: string, key: number) => Promise<Rows>;
  /** Inserts or replaces; returns a row with `value`. */
  readonly write: (schema: string, pair: Pair) => Promise<Rows>;
  /** Inserts new keys; returns as many rows. */
  readonly insert: (schema: string, pairs: readonly Pair[]) => Promise<Rows>;
}

/** Serves them. */
export function serveRoutes({ read, write, insert }: Routes): void {
  const schemaOf = (request: IRequest): string | undefined =>
    findSchema(request.headers.get("host"));
  const getValue = async (request: IRequest): Promise<Response> => {
    const schema = schemaOf(request);
    if (schema === undefined) return new Response(null, { status: 404 });
    const [row] = await read(schema, Number(request.params["key"]));
    return row ? Response.json({ value: row["value"] }) : new Response(null, { status: 404 });
  };
  const router = Router()
    .get("/data/get/:key", getValue)
    .get("/data/:key", getValue)
    .put("/data/:key", async (request) => {
      const schema = schemaOf(request);
      if (schema === undefined) return new Response(null, { status: 404 });
      const { value } = (await request.json()) as Pair;
      const [row] = await write(schema, { key: Number(request.params["key"]), value });
      return Response.json({ value: row?.["value"] });
    })
    .post("/data", async (request) => {
      const schema = schemaOf(request);
      if (schema === undefined) return new Response(null, { status: 404 });
      const rows = await insert(schema, (await request.json()) as Pair[]);
      return Response.json({ inserted: rows.length }, { status: 201 });
    });
  const listener = getRequestListener(
    (request) => router.fetch(request).catch(refuse) as Promise<Response>,
  );
  createServer((incoming, outgoing) => void listener(incoming, outgoing)).listen(port, "127.0.0.1");
}

function refuse(error: unknown): Response {
  return new Response(String(error), { status: 500 });
}
