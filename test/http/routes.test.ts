// The seed's demonstration and every route beside it, through the app on a real PostgreSQL.

import { expect } from "chai";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type LocalService, openService } from "../support/service.ts";

describe("the seed's demonstration", () => {
  const ip = "127.0.0.1:5000";
  const local = "localhost:5000";
  let database: TestDatabase;
  let service: LocalService;

  before(async () => {
    database = await createTestDatabase();
    await database.addTenants({ ip, local });
    service = openService(database.serviceUrl);
  });

  after(async () => {
    await service.close();
    await database.drop();
  });

  it("keeps the same key apart in two tenants", async () => {
    const get = (host: string) => service.request(host, "GET", "/data/get/42");
    expect((await get(ip)).status).to.equal(404);
    const inserted = await service.request(ip, "POST", "/data/insert/42/8675309");
    expect(inserted.status).to.equal(200);
    expect(inserted.json).to.deep.equal({ status: "success" });
    expect((await get(ip)).json).to.deep.equal({ value: 8675309 });
    expect((await get(local)).status).to.equal(404);

    const again = await service.request(ip, "POST", "/data/insert/42/1");
    expect(again.status).to.equal(400);
    expect(again.json).to.include({ code: "KEY_EXISTS" });
    expect((await service.request(local, "POST", "/data/insert/42/7")).status).to.equal(200);
    expect((await get(ip)).json).to.deep.equal({ value: 8675309 });
    expect((await get(local)).json).to.deep.equal({ value: 7 });
  });
});

describe("the routes", () => {
  const host = "acme.example";
  let database: TestDatabase;
  let service: LocalService;

  before(async () => {
    database = await createTestDatabase();
    await database.addTenants({ acme: host });
    service = openService(database.serviceUrl, { MAX_BODY_BYTES: "60000" });
  });

  beforeEach(() => database.sql("truncate acme.data"));

  after(async () => {
    await service.close();
    await database.drop();
  });

  const call = async (method: string, path: string, body?: unknown): Promise<unknown[]> => {
    const { status, json } = await service.request(host, method, path, body);
    const code: unknown = status < 400 ? json : Reflect.get(Object(json), "code");
    return [status, code];
  };

  it("PUT creates, then replaces, and GET reads by both paths", async () => {
    expect(await call("PUT", "/data/7", { value: 1 })).to.deep.equal([201, { value: 1 }]);
    expect(await call("PUT", "/data/7", { value: -2147483648 })).to.deep.equal([
      200,
      { value: -2147483648 },
    ]);
    expect(await call("GET", "/data/7")).to.deep.equal([200, { value: -2147483648 }]);
    expect(await call("GET", "/data/get/7")).to.deep.equal([200, { value: -2147483648 }]);
  });

  it("DELETE takes a key away once", async () => {
    await call("PUT", "/data/-7", { value: 1 });
    expect(await call("DELETE", "/data/-7")).to.deep.equal([204, undefined]);
    expect(await call("DELETE", "/data/-7")).to.deep.equal([404, "NOT_FOUND"]);
    expect(await call("GET", "/data/-7")).to.deep.equal([404, "NOT_FOUND"]);
  });

  it("GET /data lists by ascending key, page by page, to the last key there can be", async () => {
    const keys = [2147483647, 5, -3, 0, -2147483648];
    expect(
      await call(
        "POST",
        "/data",
        keys.map((key) => ({ key, value: 1 })),
      ),
    ).to.deep.equal([201, { inserted: 5 }]);
    const seen: number[] = [];
    let after: number | null = null;
    let pages = 0;
    do {
      const query = after === null ? "" : `&after=${after}`;
      const { json } = await service.request(host, "GET", `/data?limit=2${query}`);
      const page = json as { items: { key: number; value: number }[]; next: number | null };
      seen.push(...page.items.map(({ key }) => key));
      after = page.next;
      pages += 1;
    } while (after !== null);
    expect(seen).to.deep.equal([-2147483648, -3, 0, 5, 2147483647]);
    expect(pages).to.equal(3);
    expect(await call("GET", "/data?after=2147483647")).to.deep.equal([
      200,
      { items: [], next: null },
    ]);
  });

  it("POST /data inserts all pairs or none", async () => {
    const pair = (key: number): unknown => ({ key, value: key });
    await call("PUT", "/data/2", { value: 0 });
    expect(await call("POST", "/data", [1, 2, 3].map(pair))).to.deep.equal([400, "KEY_EXISTS"]);
    expect(await call("POST", "/data", [4, 4].map(pair))).to.deep.equal([400, "KEY_EXISTS"]);
    expect(await call("GET", "/data/1")).to.deep.equal([404, "NOT_FOUND"]);
    const thousand = Array.from({ length: 1000 }, (_, index) => pair(index + 10));
    expect(await call("POST", "/data", thousand)).to.deep.equal([201, { inserted: 1000 }]);
  });

  it("refuses keys and values that are no 32-bit integers", async () => {
    const texts = [
      ...["2147483648", "-2147483649", "1e3", "0x10", "%00", "%207", "-0", "+1", "007", "1.0"],
      ...["%zz", "%E2%82", "%D9%A1", "١", "NaN", "1%2F2", "9".repeat(400)],
    ];
    for (const text of texts) {
      expect(await call("GET", `/data/${text}`), text).to.deep.equal([400, "KEY_INVALID"]);
      const insert = `/data/insert/1/${text}`;
      expect(await call("POST", insert), text).to.deep.equal([400, "VALUE_INVALID"]);
      expect(await call("GET", `/data?after=${text}`), text).to.deep.equal([400, "KEY_INVALID"]);
    }
    for (const text of ["0", "1001", "-1", "x", ""]) {
      expect(await call("GET", `/data?limit=${text}`), text).to.deep.equal([400, "VALUE_INVALID"]);
    }
    expect(await call("GET", "/data?limit=1&limit=2")).to.deep.equal([400, "VALUE_INVALID"]);
    for (const value of [2147483648, 1.5, "1", null, true, [], {}, -0]) {
      const body = Object.is(value, -0) ? '{"value":-0}' : { value };
      expect(await call("PUT", "/data/1", body)).to.deep.equal([400, "VALUE_INVALID"]);
    }
    expect(await call("POST", "/data", [{ key: 1.5, value: 1 }])).to.deep.equal([
      400,
      "KEY_INVALID",
    ]);
    expect(await call("GET", "/data")).to.deep.equal([200, { items: [], next: null }]);
  });

  it("refuses bodies of another form", async () => {
    for (const body of ["", "{", "nonsense", "[]", "1", "null", '{"values":1}', '"value"']) {
      expect(await call("PUT", "/data/1", body), body).to.deep.equal([400, "BODY_INVALID"]);
    }
    const deep = "[".repeat(20_000) + "]".repeat(20_000);
    for (const body of ["", "{}", "[]", "[1]", "[null]", '[{"key":1}]', deep]) {
      expect(await call("POST", "/data", body), body.slice(0, 9)).to.deep.equal([
        400,
        "BODY_INVALID",
      ]);
    }
    const over = Array.from({ length: 1001 }, (_, key) => ({ key, value: 1 }));
    expect(await call("POST", "/data", over)).to.deep.equal([400, "BODY_INVALID"]);
    expect(await call("POST", "/data", `${" ".repeat(60_000)}[]`)).to.deep.equal([
      413,
      "BODY_TOO_LARGE",
    ]);
  });

  it("tells unknown paths, hosts and keys apart", async () => {
    expect(await call("GET", "/nowhere")).to.deep.equal([404, "PATH_NOT_FOUND"]);
    expect(await call("GET", "/data/1")).to.deep.equal([404, "NOT_FOUND"]);
    const stranger = await service.request("stranger.example", "GET", "/data/1");
    expect([stranger.status, stranger.json]).to.deep.include(404);
    expect(stranger.json).to.include({ code: "TENANT_NOT_FOUND" });
  });

  it("answers a known path with another method 405 and Allow", async () => {
    const allowed: Record<string, string> = {
      "/data/1": "DELETE, GET, HEAD, PUT",
      "/data": "GET, HEAD, POST",
      "/data/get/1": "GET, HEAD",
      "/data/insert/1/2": "POST",
      "/healthz": "GET, HEAD",
    };
    for (const [path, allow] of Object.entries(allowed)) {
      for (const method of ["PATCH", "OPTIONS"]) {
        const answer = await service.request(host, method, path);
        expect(answer.status, path).to.equal(405);
        expect(answer.headers.get("allow")).to.equal(allow);
        expect(answer.json).to.include({ code: "METHOD_NOT_ALLOWED" });
      }
    }
  });

  it("answers HEAD as GET without the body", async () => {
    await call("PUT", "/data/7", { value: 1 });
    const there = await service.request(host, "HEAD", "/data/7");
    expect([there.status, there.text]).to.deep.equal([200, ""]);
    expect(there.headers.get("content-type")).to.equal("application/json");
    const missing = await service.request(host, "HEAD", "/data/8");
    expect([missing.status, missing.text]).to.deep.equal([404, ""]);
    expect((await service.request(host, "HEAD", "/data/insert/1/2")).status).to.equal(405);
  });

  it("answers problems as RFC 9457 with the request's id, and nothing to be cached", async () => {
    const { headers, json } = await service.request(host, "GET", "/data/8");
    expect(headers.get("content-type")).to.equal("application/problem+json");
    expect(headers.get("cache-control")).to.equal("no-store");
    expect(json).to.deep.equal({
      type: "urn:rowhouse:error:NOT_FOUND",
      title: "The key does not exist",
      status: 404,
      detail: 'Cannot find entry: key "8" does not exist',
      code: "NOT_FOUND",
      requestId: headers.get("x-request-id"),
    });
  });

  it("answers /healthz and /readyz on any host", async () => {
    for (const any of ["stranger.example", "10.0.0.1:80", host]) {
      expect((await service.request(any, "GET", "/healthz")).json).to.deep.equal({ status: "ok" });
      const ready = await service.request(any, "GET", "/readyz");
      expect([ready.status, ready.json]).to.deep.equal([200, { status: "ready" }]);
    }
  });
});
