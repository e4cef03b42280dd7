// The contract's hosts: which tenant a host leads to, and which hosts lead to none.

import { expect } from "chai";
import type { Call } from "../../support/network/http-client.ts";
import { hostOf, valueOf } from "../../support/traffic.ts";
import type { Differences } from "./contract.ts";
import { SPECIAL, type RuntimeStage } from "./stage.ts";

const FIRST = hostOf(1);

/** A kind of malformed host. */
export type Malformed = "missing" | "doubled" | "contradicted" | "noUrl" | "noHost";

type Cases = Readonly<Record<string, Pick<Call, "hosts"> & Partial<Call>>>;

const MALFORMED: Readonly<Record<Malformed, Cases>> = {
  missing: {
    "no host": { hosts: [] },
    "an empty host": { hosts: [""] },
  },
  doubled: {
    "two hosts": { hosts: [FIRST, hostOf(2)] },
    "the same host twice": { hosts: [FIRST, FIRST] },
  },
  contradicted: {
    "another host in its target": { hosts: [FIRST], path: `http://${hostOf(2)}/data/1` },
  },
  noUrl: {
    "port 65536": { hosts: [`${FIRST}:65536`] },
    "a port that is no number": { hosts: [`${FIRST}:x`] },
    "a wildcard": { hosts: [SPECIAL.wild.host] },
    "a host with a space": { hosts: ["t001 example.com"] },
    "a host with a percent sign": { hosts: ["t001%2eexample.com"] },
    "a host with a user before it": { hosts: [`x@${FIRST}`] },
    "a host with a path behind it": { hosts: [`${FIRST}/data/1`] },
    "a host with a query behind it": { hosts: [`${FIRST}/healthz?`] },
    "a host with a fragment behind it": { hosts: [`${FIRST}/healthz#`] },
    "an open bracket": { hosts: ["[::1"] },
  },
  noHost: {
    "an empty label": { hosts: ["t001..example.com"] },
    "a label that begins with a hyphen": { hosts: [`-${FIRST}`] },
    "a label that is too long": { hosts: [`${"a".repeat(64)}.example.com`] },
    "port 0": { hosts: [`${FIRST}:0`] },
  },
};

/** Hosts with and without ports, wildcards, malformed and unknown ones. */
export function describeHosts(at: () => RuntimeStage, { refusesItself = [] }: Differences): void {
  const read = async (host: string): Promise<unknown> => {
    const { json } = await at().client.request(host, "GET", "/data/1");
    return Reflect.get(Object(json), "value") ?? Reflect.get(Object(json), "code");
  };

  it("a host counts in any case, with a trailing dot, with any port", async () => {
    const mine = valueOf(1, 1);
    for (const host of [FIRST, FIRST.toUpperCase(), `${FIRST}.`, `${FIRST}:80`, `${FIRST}:8080`]) {
      expect(await read(host), host).to.equal(mine);
    }
  });

  it("a host that has a port in the registry is another one without it", async () => {
    expect(await read("localhost:5000")).to.equal(valueOf(SPECIAL.local.tenant, 1));
    expect(await read("localhost:5001")).to.equal("TENANT_NOT_FOUND");
    expect(await read("localhost")).to.equal("TENANT_NOT_FOUND");
    expect(await read("127.0.0.1:5000")).to.equal(valueOf(SPECIAL.ip.tenant, 1));
  });

  it("a wildcard stands for one label", async () => {
    expect(await read("any.wild.example.com")).to.equal(valueOf(SPECIAL.wild.tenant, 1));
    expect(await read("any.wild.example.com:81")).to.equal(valueOf(SPECIAL.wild.tenant, 1));
    expect(await read("wild.example.com")).to.equal("TENANT_NOT_FOUND");
    expect(await read("a.b.wild.example.com")).to.equal("TENANT_NOT_FOUND");
  });

  it("unknown, suspended and read-only tenants are told apart", async () => {
    const { client } = at();
    expect(await read("stranger.example.com")).to.equal("TENANT_NOT_FOUND");
    expect(await read("[::1]:5000")).to.equal("TENANT_NOT_FOUND");
    expect(await read(SPECIAL.suspended.host)).to.equal("TENANT_SUSPENDED");
    const { host, tenant } = SPECIAL.readOnly;
    expect(await read(host)).to.equal(valueOf(tenant, 1));
    const value = valueOf(tenant, 2);
    const put = await client.request(host, "PUT", "/data/1", { value });
    expect([put.status, put.json]).to.deep.include(423);
    expect(put.json).to.include({ code: "TENANT_READ_ONLY" });
    expect(await at().writes(tenant, 1)).to.equal(0);
  });

  it("X-Forwarded-Host counts for nothing", async () => {
    const { json } = await at().client.send({
      hosts: [FIRST],
      method: "GET",
      path: "/data/1",
      headers: { "X-Forwarded-Host": hostOf(2) },
    });
    expect(json).to.deep.equal({ value: valueOf(1, 1) });
  });

  for (const [kind, cases] of Object.entries(MALFORMED)) {
    const before = refusesItself.includes(kind as Malformed);
    for (const [what, call] of Object.entries(cases)) {
      it(`a request with ${what} is refused${before ? " before the service" : ""}`, async () => {
        const complete = { method: "GET", path: "/data/1", ...call };
        const answer = await at().client.send(complete, before ? "unkept" : undefined);
        if (before) {
          expect(answer.status).to.be.within(400, 599);
          expect(answer.json).to.equal(undefined);
        } else {
          expect(answer.json).to.include({ code: "HOST_INVALID" });
          expect(answer.status).to.equal(400);
        }
      });
    }
  }
}
