// What the routes take and refuse to the last value, through the app on a real PostgreSQL. What every runtime
// answers stands in the contract, test/runtime/contract/routes.ts.

import { expect } from "chai";
import { useDatabase } from "../support/database/database.ts";
import { type LocalService, openService } from "../support/program/service.ts";

describe("the routes' values", () => {
  const host = "acme.example";
  const database = useDatabase({ acme: host });
  let service: LocalService;

  before(async () => {
    service = openService(database.serviceUrl, { MAX_BODY_BYTES: "60000" });
  });

  beforeEach(() => database.sql("truncate acme.data"));

  after(() => service.close());

  const call = async (method: string, path: string, body?: unknown): Promise<unknown[]> => {
    const { status, json } = await service.request(host, method, path, body);
    const code: unknown = status < 400 ? json : Reflect.get(Object(json), "code");
    return [status, code];
  };

  it("POST /data takes a thousand pairs at once, and no key twice", async () => {
    const pair = (key: number): unknown => ({ key, value: key });
    expect(await call("POST", "/data", [4, 4].map(pair))).to.deep.equal([400, "KEY_EXISTS"]);
    const thousand = Array.from({ length: 1000 }, (_, index) => pair(index + 10));
    expect(await call("POST", "/data", thousand)).to.deep.equal([201, { inserted: 1000 }]);
  });

  it("GET /data has nothing behind the last key there can be", async () => {
    await call("PUT", "/data/2147483647", { value: -2147483648 });
    expect(await call("GET", "/data?after=2147483646")).to.deep.equal([
      200,
      { items: [{ key: 2147483647, value: -2147483648 }], next: null },
    ]);
    expect(await call("GET", "/data?after=2147483647")).to.deep.equal([
      200,
      { items: [], next: null },
    ]);
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
});
