// Pages of another origin: the wrapper that src/README.md shows, around a tenancy on a real PostgreSQL.

import { expect } from "chai";
import { Hono } from "hono";
import { cors } from "itty-router";
import { AppError } from "../../src/errors.ts";
import { createTenancy, type Tenancy } from "../../src/http/tenancy.ts";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";
import { type LocalService, openService } from "../support/program/service.ts";

const { preflight, corsify } = cors({
  origin: ["https://shop.example.com"],
  allowMethods: ["GET", "POST", "PUT", "DELETE"],
  exposeHeaders: ["x-request-id", "retry-after"],
  maxAge: 600,
});

/** Answers preflights, and lets pages of the origins above read every other answer, errors included. */
function withCors(tenancy: Tenancy): Tenancy {
  return {
    ...tenancy,
    fetch: async (request, database, context) =>
      preflight(request) ?? corsify(await tenancy.fetch(request, database, context), request),
  };
}

const HOST = "acme.example";
const SHOP = "https://shop.example.com";

describe("withCors()", () => {
  let database: TestDatabase;
  let service: LocalService;
  let tenancy: Tenancy;

  before(async () => {
    database = await createTestDatabase();
    await database.addTenants({ acme: HOST });
    service = openService(database.serviceUrl);
    tenancy = withCors(service.app);
  });

  after(async () => {
    await service.close();
    await database.drop();
  });

  const ask = (
    method: string,
    path: string,
    { origin = SHOP, ...options }: { origin?: string; host?: string; body?: string } = {},
  ): Promise<Response> => {
    const { host = HOST, body } = options;
    const headers = { host, origin, "access-control-request-headers": "content-type" };
    const init = body === undefined ? { method, headers } : { method, headers, body };
    return tenancy.fetch(new Request(`http://localhost${path}`, init), service.database);
  };
  const allowed = (response: Response): string | null =>
    response.headers.get("access-control-allow-origin");

  it("answers a preflight without a tenant and without a message", async () => {
    const before = service.lines.length;
    const response = await ask("OPTIONS", "/data/42", { host: "nobody.example" });
    expect(response.status).to.equal(204);
    expect(allowed(response)).to.equal(SHOP);
    expect(response.headers.get("access-control-allow-methods")).to.equal("GET,POST,PUT,DELETE");
    expect(response.headers.get("access-control-allow-headers")).to.equal("content-type");
    expect(service.lines).to.have.length(before);
  });

  it("lets a page of an allowed origin read an answer, its status and its headers kept", async () => {
    const put = await ask("PUT", "/data/42", { body: '{"value":7}' });
    expect([put.status, allowed(put)]).to.deep.equal([201, SHOP]);
    const got = await ask("GET", "/data/42");
    expect([got.status, allowed(got)]).to.deep.equal([200, SHOP]);
    expect(await got.json()).to.deep.equal({ value: 7 });
    expect(got.headers.get("cache-control")).to.equal("no-store");
    const removed = await ask("DELETE", "/data/42");
    expect([removed.status, allowed(removed)]).to.deep.equal([204, SHOP]);
  });

  it("lets such a page read errors, and keeps 404 and 405 apart", async () => {
    for (const [method, path, status, code] of [
      ["GET", "/data/99", 404, "NOT_FOUND"],
      ["GET", "/elsewhere", 404, "PATH_NOT_FOUND"],
      ["PATCH", "/data/42", 405, "METHOD_NOT_ALLOWED"],
    ] as const) {
      const response = await ask(method, path);
      expect([response.status, allowed(response)]).to.deep.equal([status, SHOP]);
      expect(await response.json()).to.include({ code });
    }
    const unknown = await ask("GET", "/data/42", { host: "nobody.example" });
    expect([unknown.status, allowed(unknown)]).to.deep.equal([404, SHOP]);
  });

  it("stands around a handler as around a router: hono/cors would leave errors out", async () => {
    const app = new Hono();
    app.onError((error) => {
      throw error;
    });
    app.get("/fail", () => {
      throw new AppError("VALUE_INVALID", "Cannot answer: the value is planted");
    });
    const around = withCors(createTenancy({ handler: app.fetch }));
    const request = new Request("http://localhost/fail", { headers: { host: HOST, origin: SHOP } });
    const response = await around.fetch(request, service.database);
    expect([response.status, allowed(response)]).to.deep.equal([400, SHOP]);
  });

  it("names no other origin", async () => {
    const origin = "https://evil.example";
    for (const method of ["OPTIONS", "GET"]) {
      expect(allowed(await ask(method, "/data/42", { origin }))).to.equal(null);
    }
  });
});
