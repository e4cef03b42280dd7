// The contract's routes: what they answer, by which methods they are to be had, and what they refuse.

import { expect } from "chai";
import { LIMITS } from "../../../src/http/limits.ts";
import { describeApi } from "../../../src/example/openapi/description.ts";
import { SPECIAL, type RuntimeStage } from "./stage.ts";
import { valueOf } from "../../support/traffic.ts";

const { ip, local, routes } = SPECIAL;

/** Every route, every method, and every error that a request to the right host can cause. */
export function describeRoutes(at: () => RuntimeStage): void {
  const { tenant, host } = routes;
  const call = async (method: string, path: string, body?: unknown): Promise<unknown[]> => {
    const { status, json, text } = await at().client.request(host, method, path, body);
    return [status, status < 400 ? (json ?? text) : Reflect.get(Object(json), "code")];
  };
  const value = valueOf(tenant, 100);

  it("the demonstration keeps the same key apart in two tenants, by port and all", async () => {
    const { client } = at();
    const get = (of: { host: string }) => client.request(of.host, "GET", "/data/get/42");
    expect((await get(ip)).status).to.equal(404);
    const mine = valueOf(ip.tenant, 42);
    const inserted = await client.request(ip.host, "POST", `/data/insert/42/${mine}`);
    expect([inserted.status, inserted.json]).to.deep.equal([200, { status: "success" }]);
    expect((await get(ip)).json).to.deep.equal({ value: mine });
    expect((await get(local)).status).to.equal(404);
    const again = await client.request(ip.host, "POST", `/data/insert/42/${mine}`);
    expect([again.status, again.json]).to.deep.include(400);
    expect(again.json).to.include({ code: "KEY_EXISTS" });
    const other = valueOf(local.tenant, 42);
    await client.request(local.host, "POST", `/data/insert/42/${other}`);
    expect((await get(local)).json).to.deep.equal({ value: other });
    expect((await get(ip)).json).to.deep.equal({ value: mine });
  });

  it("PUT creates, then replaces; GET reads by both paths; DELETE takes away once", async () => {
    expect(await call("PUT", "/data/100", { value: value - 1 })).to.deep.equal([
      201,
      { value: value - 1 },
    ]);
    expect(await call("PUT", "/data/100", { value })).to.deep.equal([200, { value }]);
    expect(await call("GET", "/data/100")).to.deep.equal([200, { value }]);
    expect(await call("GET", "/data/get/100")).to.deep.equal([200, { value }]);
    expect(await call("DELETE", "/data/100")).to.deep.equal([204, ""]);
    expect(await call("DELETE", "/data/100")).to.deep.equal([404, "NOT_FOUND"]);
    expect(await call("GET", "/data/100")).to.deep.equal([404, "NOT_FOUND"]);
  });

  it("POST /data inserts all pairs or none, and GET /data lists them page by page", async () => {
    const pairs = [2147483647, -2147483648, 200, -7].map((key) => ({ key, value }));
    expect(await call("POST", "/data", pairs)).to.deep.equal([201, { inserted: 4 }]);
    const overlapping = [201, 200].map((key) => ({ key, value }));
    expect(await call("POST", "/data", overlapping)).to.deep.equal([400, "KEY_EXISTS"]);
    const keys: number[] = [];
    let after: number | null | undefined;
    for (let pages = 0; after !== null && pages < 9; pages += 1) {
      const query = after === undefined ? "" : `&after=${after}`;
      const { json } = await at().client.request(host, "GET", `/data?limit=4${query}`);
      const page = json as { items: { key: number }[]; next: number | null };
      keys.push(...page.items.map(({ key }) => key));
      after = page.next;
    }
    expect(keys).to.deep.equal([-2147483648, -7, 1, 2, 3, 4, 5, 200, 2147483647]);
  });

  it("/healthz and /readyz answer on any host", async () => {
    for (const any of ["stranger.example.com", "10.0.0.1:80", host]) {
      const health = await at().client.request(any, "GET", "/healthz");
      expect([health.status, health.json]).to.deep.equal([200, { status: "ok" }]);
      const ready = await at().client.request(any, "GET", "/readyz");
      expect([ready.status, ready.json]).to.deep.equal([200, { status: "ready" }]);
    }
  });

  it("/openapi.json answers on any host, as its source says", async () => {
    const document = describeApi(LIMITS.bodyBytes);
    for (const any of ["stranger.example.com", "10.0.0.1:80", host]) {
      const { status, json } = await at().client.request(any, "GET", "/openapi.json");
      expect([status, json]).to.deep.equal([200, document]);
    }
  });

  it("HEAD answers as GET without the body", async () => {
    const known = ["/data/1", "/data/get/1", "/data", "/healthz", "/readyz", "/openapi.json"];
    for (const path of [...known, "/data/999"]) {
      const [got, headed] = await Promise.all(
        ["GET", "HEAD"].map((method) => at().client.request(host, method, path)),
      );
      expect(headed?.status, path).to.equal(got?.status);
      expect(headed?.headers["content-type"], path).to.equal(got?.headers["content-type"]);
      expect(headed?.text, path).to.equal("");
    }
  });

  it("a known path with another method is 405 with Allow", async () => {
    const allowed = {
      "/data/1": "DELETE, GET, HEAD, PUT",
      "/data": "GET, HEAD, POST",
      "/data/get/1": "GET, HEAD",
      "/data/insert/1/2": "POST",
      "/healthz": "GET, HEAD",
      "/readyz": "GET, HEAD",
      "/openapi.json": "GET, HEAD",
    };
    for (const [path, allow] of Object.entries(allowed)) {
      for (const method of ["PATCH", "OPTIONS"]) {
        expect(await call(method, path), path).to.deep.equal([405, "METHOD_NOT_ALLOWED"]);
        expect(at().client.answers.at(-1)?.headers["allow"]).to.equal(allow);
      }
    }
    const head = await at().client.request(host, "HEAD", "/data/insert/1/2");
    expect([head.status, head.headers["allow"]]).to.deep.equal([405, "POST"]);
  });

  it("unknown paths, keys, values and bodies are refused by name", async () => {
    const refused: Record<string, [string, string, unknown?][]> = {
      PATH_NOT_FOUND: [
        ["GET", "/nowhere"],
        ["GET", "/data/1/2/3"],
        ["GET", "//data/1"],
        ["GET", "/%"],
      ],
      KEY_INVALID: [
        ...["2147483648", "1e3", "%00", "-0", "007", "%zz", "%D9%A1", "1%2F2", "9".repeat(400)].map(
          (key): [string, string] => ["GET", `/data/${key}`],
        ),
        ["GET", "/data?after=x"],
        ["POST", "/data", [{ key: 1.5, value }]],
      ],
      VALUE_INVALID: [
        ["POST", "/data/insert/300/1.0"],
        ["PUT", "/data/300", { value: "1" }],
        ["PUT", "/data/300", { value: 2147483648 }],
        ["GET", "/data?limit=0"],
        ["GET", "/data?limit=1&limit=2"],
      ],
      BODY_INVALID: [
        ...["", "{", "[]", "null", '{"values":1}'].map((body): [string, string, string] => [
          "PUT",
          "/data/300",
          body,
        ]),
        ["POST", "/data", []],
        ["POST", "/data", [null]],
      ],
    };
    for (const [code, calls] of Object.entries(refused)) {
      const status = code === "PATH_NOT_FOUND" ? 404 : 400;
      for (const [method, path, body] of calls) {
        const of = `${method} ${path.slice(0, 40)} ${JSON.stringify(body)}`;
        expect(await call(method, path, body), of).to.deep.equal([status, code]);
      }
    }
    const answer = await at().client.send({
      hosts: [host],
      method: "PUT",
      path: "/data/300",
      body: Buffer.from('{"value":1,"\xFF":1}', "latin1"),
    });
    expect(answer.json).to.include({ code: "BODY_INVALID" });
    expect(await at().writes(tenant, 300)).to.equal(0);
  });
}
