// The contract's traffic: many requests of many tenants at once, each with its own answer.

import { expect } from "chai";
import { hostOf, runTraffic } from "../../support/traffic.ts";
import { type RuntimeStage, TENANTS } from "./stage.ts";

const CALLERS = 200;
const OPERATIONS = 500;

/** 200 requests at once over 50 tenants. */
export function describeTraffic(at: () => RuntimeStage): void {
  it(`${CALLERS} requests at once over ${TENANTS} tenants are each answered as if alone`, async () => {
    const { client } = at();
    const answered: Record<string, number> = {};
    const outcome = await runTraffic({
      seed: 3,
      operations: OPERATIONS,
      tenants: TENANTS,
      callers: CALLERS,
      weights: { get: 4, list: 2, put: 2, insert: 1, missing: 1 },
      async perform({ kind, tenant, key, value }) {
        const host = hostOf(tenant);
        const of = {
          get: () => client.request(host, "GET", `/data/${key}`),
          list: () => client.request(host, "GET", "/data"),
          put: () => client.request(host, "PUT", `/data/${key}`, { value }),
          insert: () => client.request(host, "POST", `/data/insert/${key}/${value}`),
          missing: () => client.request(host, "GET", `/data/${key + 1000}`),
        };
        const { status, json } = await of[kind]();
        const name = `${kind} ${status}`;
        answered[name] = (answered[name] ?? 0) + 1;
        if (kind === "list") return (json as { items: { key: number; value: number }[] }).items;
        if (kind === "get" || kind === "put") return [{ key, ...(json as { value: number }) }];
        return [];
      },
    });
    const { get, list, put, insert, missing } = outcome.counts;
    expect(answered).to.deep.equal({
      "get 200": get,
      "list 200": list,
      "put 200": put,
      "insert 400": insert,
      "missing 404": missing,
    });
    expect(outcome.foreign).to.deep.equal([]);
    expect(outcome.values).to.equal(get + put + 5 * list);
  });
}
