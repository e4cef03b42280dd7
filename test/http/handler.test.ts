// A tenancy around any fetch handler: the same stages as around a router, with Hono and with a plain function.

import { expect } from "chai";
import { Hono } from "hono";
import { routePath } from "hono/route";
import { type OpenDatabase } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { AppError } from "../../src/errors.ts";
import type { Exchange, TenantExchange } from "../../src/http/exchange.ts";
import type { Handler } from "../../src/http/handle.ts";
import { createTenancy, type Tenancy } from "../../src/http/tenancy.ts";
import { withTenant, withTenantBy } from "../../src/http/with-tenant.ts";
import { createLog } from "../../src/log.ts";
import { useDatabase } from "../support/database/database.ts";

const ACME = "acme.example.com";

describe("createTenancy({ handler })", () => {
  const database = useDatabase({ acme: ACME });
  let service: OpenDatabase;
  let lines: Record<string, unknown>[];

  before(async () => {
    await database.sql("insert into acme.data values (1, 10)");
    service = openDatabase({ url: database.serviceUrl, connections: 2 });
  });

  beforeEach(() => {
    lines = [];
  });

  after(() => service.close(1));

  const serve = (handler: Handler): Tenancy =>
    createTenancy({
      handler,
      log: createLog("info", (line) => lines.push(JSON.parse(line) as Record<string, unknown>)),
      limits: { bodyBytes: 100 },
    });
  const ask = async (
    tenancy: Tenancy,
    path: string,
    { host = ACME, ...init }: RequestInit & { host?: string } = {},
  ): Promise<{ status: number; headers: Headers; text: string; code: unknown }> => {
    const request = new Request(`http://localhost${path}`, { ...init, headers: { host } });
    const { status, headers, body } = await tenancy.fetch(request, service);
    const text = await new Response(body).text();
    const code = text.startsWith("{") ? (JSON.parse(text) as { code?: unknown }).code : undefined;
    return { status, headers, text, code };
  };

  describe("with Hono", () => {
    let tenancy: Tenancy;

    before(() => {
      const app = new Hono<{ Bindings: TenantExchange }>();
      app.onError((error) => {
        throw error;
      });
      app.notFound(() => {
        throw new AppError("PATH_NOT_FOUND", "Cannot route: no route has this path");
      });
      app.use("/data/*", async (c, next) => {
        withTenant(c.env);
        await next();
        c.env.route = routePath(c, -1);
      });
      app.use("/t/:tenant/*", async (c, next) => {
        await withTenantBy(() => ({ schema: c.req.param("tenant") }))(c.env);
        await next();
      });
      app.get("/data/:key", async (c) => {
        const [row] = await c.env.tenant`select value from data where key = ${c.req.param("key")}`;
        return c.json(row ?? null);
      });
      app.get("/t/:tenant/data", async (c) => c.json(await c.env.tenant`select value from data`));
      app.post("/data", async (c) => c.json((await c.req.text()).length));
      app.get("/data/fail/sql", (c) =>
        c.env.tenant`select 'planted' from nothing`.then(() => c.text("")),
      );
      app.get("/fail", () => {
        throw new Error("planted");
      });
      app.get("/forgotten", async (c) => c.json(await c.env.tenant`select 1`));
      tenancy = serve(app.fetch);
    });

    it("serves a tenant by its host or by its path, HEAD too, with the id and the line of each request", async () => {
      const got = await ask(tenancy, "/data/1");
      expect([got.status, got.text]).to.deep.equal([200, '{"value":10}']);
      expect(got.headers.get("cache-control")).to.equal("no-store");
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include({ tenant: "acme", route: "/data/:key", host: ACME });
      expect(lines[0]?.["requestId"]).to.equal(got.headers.get("x-request-id"));
      expect((await ask(tenancy, "/t/acme/data", { host: "x.test" })).text).to.equal(
        '[{"value":10}]',
      );
      const head = await ask(tenancy, "/data/1", { method: "HEAD" });
      expect([head.status, head.text]).to.deep.equal([200, ""]);
    });

    it("answers whatever is thrown as problem+json, and tells nothing of it", async () => {
      for (const [path, status, code, init] of [
        ["/data/1", 404, "TENANT_NOT_FOUND", { host: "nobody.test" }],
        ["/data/1", 400, "HOST_INVALID", { host: "a..b" }],
        ["/data/x", 400, "VALUE_INVALID", {}],
        ["/t/nobody/data", 404, "TENANT_NOT_FOUND", {}],
        ["/nowhere", 404, "PATH_NOT_FOUND", {}],
        ["/data/fail/sql", 500, "INTERNAL", {}],
        ["/fail", 500, "INTERNAL", {}],
        ["/forgotten", 500, "INTERNAL", {}],
        ["/data", 413, "BODY_TOO_LARGE", { method: "POST", body: "x".repeat(101) }],
      ] as const) {
        const answer = await ask(tenancy, path, init);
        expect([answer.status, answer.code], path).to.deep.equal([status, code]);
        expect(answer.headers.get("content-type")).to.equal("application/problem+json");
        expect(answer.text).to.not.include("planted");
      }
      expect(lines.map(({ status }) => status))
        .to.include(404)
        .and.have.length(9);
    });

    it("bounds a body that the handler reads", async () => {
      const body = "x".repeat(100);
      expect((await ask(tenancy, "/data", { method: "POST", body })).text).to.equal("100");
      const stream = new Blob([body, body]).stream();
      const init = { method: "POST", body: stream, duplex: "half" };
      expect((await ask(tenancy, "/data", init)).code).to.equal("BODY_TOO_LARGE");
    });
  });

  it("serves a plain function, with what a route's handler may return", async () => {
    const tenancy = serve(async (request, exchange) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/text") return new Response("text");
      if (pathname === "/nothing") return undefined;
      return listValues(exchange);
    });
    const listValues = async (exchange: Exchange): Promise<unknown> => {
      withTenant(exchange);
      return exchange.tenant`select value from data`;
    };
    expect((await ask(tenancy, "/text")).text).to.equal("text");
    expect((await ask(tenancy, "/nothing")).status).to.equal(204);
    expect((await ask(tenancy, "/")).text).to.equal('[{"value":10}]');
    expect((await ask(tenancy, "/", { host: "nobody.test" })).status).to.equal(404);
  });

  it("waitUntil() throws when the context was not passed on, and takes a promise when it was", async () => {
    const tenancy = serve((_, { waitUntil }) => waitUntil(Promise.reject(new Error("planted"))));
    expect((await ask(tenancy, "/")).code).to.equal("INTERNAL");
    const kept: Promise<unknown>[] = [];
    const context = { waitUntil: (work: Promise<unknown>) => void kept.push(work) };
    const request = new Request("http://localhost/", { headers: { host: ACME } });
    const { status, headers } = await tenancy.fetch(request, service, context);
    await Promise.all(kept);
    expect([status, kept.length]).to.deep.equal([204, 1]);
    const failed = lines.find(({ event }) => event === "background work failed");
    expect(failed).to.include({ level: "error", requestId: headers.get("x-request-id") });
    expect(JSON.stringify(lines)).not.to.include("planted");
  });

  it("drains, and admits no more requests than its limit", async () => {
    let release = (): void => {};
    const waiting = new Promise<void>((resolve) => (release = resolve));
    const tenancy = createTenancy({
      handler: async (_, exchange) => {
        withTenant(exchange);
        await waiting;
        return "done";
      },
      limits: { inFlight: 1 },
    });
    const first = ask(tenancy, "/");
    expect((await ask(tenancy, "/")).code).to.equal("OVERLOADED");
    release();
    expect((await first).text).to.equal('"done"');
    await tenancy.drain();
    expect((await ask(tenancy, "/")).code).to.equal("OVERLOADED");
  });
});
