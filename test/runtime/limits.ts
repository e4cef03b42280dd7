// The contract's limits: bodies, requests at work, and time.

import { expect } from "chai";
import { holdRow } from "../support/row-lock.ts";
import { schemaOf, valueOf } from "../support/traffic.ts";
import { until } from "../support/until.ts";
import type { Differences } from "./contract.ts";
import { MAX_IN_FLIGHT, SPECIAL, type Stage } from "./stage.ts";

const MAX_BODY_BYTES = 131_072;
const REFUSED = 30;

/** What is too large, too much, or takes too long. */
export function describeLimits(at: () => Stage, { waitsForBody = false }: Differences): void {
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
    const lock = await holdRow(server, schemaOf(routes.tenant), 2);
    const value = valueOf(routes.tenant, 2);
    let refused = 0;
    const all = Array.from({ length: MAX_IN_FLIGHT + REFUSED }, async () => {
      const { status, json } = await client.request(routes.host, "PUT", "/data/2", { value });
      if (status !== 200) {
        expect(json).to.include({ code: "OVERLOADED", status: 503 });
        refused += 1;
      }
      return status;
    });
    await until("the requests over the limit are not answered", () => refused === REFUSED);
    await lock.release();
    const served = (await Promise.all(all)).filter((status) => status === 200);
    expect(served.length).to.equal(MAX_IN_FLIGHT);
    expect(await at().writes(routes.tenant, 2)).to.equal(MAX_IN_FLIGHT);
  });
}
