// The contract's limits: bodies, requests at work, and time.

import { expect } from "chai";
import { holdRow } from "../../support/database/row-lock.ts";
import { hostOf, schemaOf, valueOf } from "../../support/traffic.ts";
import { until } from "../../support/until.ts";
import type { Differences } from "./contract.ts";
import { MAX_IN_FLIGHT, SPECIAL, type RuntimeStage, TENANT_MAX_IN_FLIGHT } from "./stage.ts";

const MAX_BODY_BYTES = 131_072;
const REFUSED = 30;

/** What is too large, too much, or takes too long. */
export function describeLimits(
  at: () => RuntimeStage,
  { waitsForBody = false }: Differences,
): void {
  const { routes, hurried } = SPECIAL;
  const over = " ".repeat(MAX_BODY_BYTES + 1);
  const put = { hosts: [routes.host], method: "PUT", path: "/data/1" };

  it("a body that is announced over the limit is refused before it comes", async () => {
    const announced = { ...put, headers: { "Content-Length": String(over.length) } };
    const { status, json } = await at().client.send(
      waitsForBody ? { ...put, body: over } : { ...announced, open: true },
    );
    expect(json).to.include({ code: "BODY_TOO_LARGE" });
    expect(status).to.equal(413);
  });

  it("a body without a length is refused as soon as it is over the limit", async () => {
    const { status, json } = await at().client.send({
      ...put,
      body: over,
      chunked: true,
      open: !waitsForBody,
    });
    expect(json).to.include({ code: "BODY_TOO_LARGE" });
    expect(status).to.equal(413);
  });

  it("a body at the limit is taken, with a length and without", async () => {
    const value = valueOf(routes.tenant, 1);
    const body = JSON.stringify({ value }).padStart(MAX_BODY_BYTES);
    for (const chunked of [false, true]) {
      const { status, json } = await at().client.send({ ...put, body, chunked });
      expect([status, json]).to.deep.equal([200, { value }]);
    }
    expect(await at().writes(routes.tenant, 1)).to.equal(2);
  });

  if (!waitsForBody) {
    it("a body that does not arrive is refused in time", async () => {
      const { status, json } = await at().client.send({
        ...put,
        body: "{",
        chunked: true,
        open: true,
      });
      expect(json).to.include({ code: "BODY_TIMEOUT" });
      expect(status).to.equal(408);
    });
  }

  it("a statement that runs too long is ended, and changes nothing", async () => {
    const { server, client } = at();
    const lock = await holdRow(server, schemaOf(hurried.tenant), 1);
    const value = valueOf(hurried.tenant, 2);
    const { status, json } = await client.request(hurried.host, "PUT", "/data/1", { value });
    await lock.release();
    expect(json).to.include({ code: "STATEMENT_TIMEOUT" });
    expect(status).to.equal(504);
    expect(await at().writes(hurried.tenant, 1)).to.equal(0);
  });

  it("requests over the limit are refused at once, and the others served", async () => {
    const { server, client } = at();
    const tenants = [41, 42, 43];
    const locks = await Promise.all(tenants.map((tenant) => holdRow(server, schemaOf(tenant), 2)));
    // From its first answer on a host counts as its tenant.
    for (const tenant of tenants) await client.request(hostOf(tenant), "GET", "/data/1");
    const before = await countWrites(tenants);
    let refused = 0;
    const all = Array.from({ length: MAX_IN_FLIGHT + REFUSED }, async (_, index) => {
      const tenant = tenants[index % tenants.length] ?? 0;
      const value = valueOf(tenant, 2);
      const { status, json } = await client.request(hostOf(tenant), "PUT", "/data/2", { value });
      if (status !== 200) {
        expect(json).to.include({ code: "OVERLOADED", status: 503 });
        refused += 1;
      }
      return status;
    });
    await until("the requests over the limit are not answered", () => refused === REFUSED);
    for (const lock of locks) await lock.release();
    const served = (await Promise.all(all)).filter((status) => status === 200);
    expect(served.length).to.equal(MAX_IN_FLIGHT);
    expect((await countWrites(tenants)) - before).to.equal(MAX_IN_FLIGHT);
  });

  it("requests of one host over its limit are refused at once, and the others served", async () => {
    const { server, client } = at();
    const lock = await holdRow(server, schemaOf(routes.tenant), 2);
    const value = valueOf(routes.tenant, 2);
    let refused = 0;
    const all = Array.from({ length: TENANT_MAX_IN_FLIGHT + REFUSED }, async () => {
      const { status, json } = await client.request(routes.host, "PUT", "/data/2", { value });
      if (status !== 200) {
        expect(json).to.include({ code: "TENANT_BUSY", status: 429 });
        refused += 1;
      }
    });
    await until("the requests over the limit are not answered", () => refused === REFUSED);
    await lock.release();
    await Promise.all(all);
    expect(await at().writes(routes.tenant, 2)).to.equal(TENANT_MAX_IN_FLIGHT);
  });

  it("a result that is too large is refused", async () => {
    const pairs = Array.from({ length: 1000 }, (_, index) => {
      return { key: 20_000 + index, value: valueOf(routes.tenant, 3) };
    });
    const { client } = at();
    expect((await client.request(routes.host, "POST", "/data", pairs)).status).to.equal(201);
    const list = await client.request(routes.host, "GET", "/data?after=19999&limit=1000");
    expect(list.json).to.include({ code: "RESULT_TOO_LARGE" });
    expect(list.status).to.equal(500);
  });

  const countWrites = async (tenants: readonly number[]): Promise<number> => {
    const counts = await Promise.all(tenants.map((tenant) => at().writes(tenant, 2)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
}
