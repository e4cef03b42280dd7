// The short form of npm run fuzz:http; and clients that take their time, which no random input does.

import process from "node:process";
import { expect } from "chai";
import { openSlowClients } from "../fuzz/http/connections.ts";
import { CROWD_LIMITS, fuzzCrowds } from "../fuzz/http/crowds.ts";
import { exchange } from "../fuzz/http/exchange.ts";
import { HOSTS, TRUSTED } from "../fuzz/http/hosts.ts";
import { ACME, requestText } from "../fuzz/http/input.ts";
import { MESSAGES } from "../fuzz/http/messages.ts";
import { addNamedTenants, fuzzKind, residentMegabytes } from "../fuzz/http/run.ts";
import { freshSeed } from "../fuzz/numbers.ts";
import { useDatabase } from "../support/database/database.ts";
import { type ServiceProcess, startService } from "../support/program/service.ts";
import { until } from "../support/until.ts";

const RUNS = 40;
const MAX_GROWTH_MEGABYTES = 200;
const CONNECTIONS = 300;
const MAX_IN_FLIGHT = 50;
const HASTY = new URL("../support/program/hasty-service.js", import.meta.url);
const seed = Number(process.env["FUZZ_SEED"] ?? freshSeed());

describe("hostile HTTP", () => {
  const database = useDatabase();
  let service: ServiceProcess;
  let trusting: ServiceProcess;
  let hasty: ServiceProcess;

  before(async () => {
    await addNamedTenants(database);
    [service, trusting, hasty] = await Promise.all([
      startService(database.serviceUrl),
      startService(database.serviceUrl, { TRUST_PROXY: "true" }),
      startService(database.serviceUrl, { MAX_IN_FLIGHT: String(MAX_IN_FLIGHT) }, HASTY),
    ]);
  });

  after(() => Promise.all([service, trusting, hasty].map((one) => one.stop())));

  const served = async (): Promise<void> => {
    const { status, text } = await hasty.request("acme.example", "GET", "/data/1");
    expect([status, text]).to.deep.equal([200, '{"value":1000001}']);
  };

  for (const [kind, inputs] of Object.entries({ ...HOSTS, ...MESSAGES })) {
    it(`serve() answers ${kind} with a designed code, and nobody else's value`, async () => {
      await fuzzKind(service.port, inputs, { seed, runs: RUNS });
    });
  }

  for (const [kind, inputs] of Object.entries(TRUSTED)) {
    it(`serve() answers ${kind} with a designed code, and nobody else's value`, async () => {
      await fuzzKind(trusting.port, inputs, { seed, runs: RUNS });
    });
  }

  it("serve() serves the others beside bodies without end, and one tenant under many spellings", async () => {
    const crowded = await startService(database.serviceUrl, CROWD_LIMITS);
    try {
      await fuzzCrowds(crowded.port, database, { seed, runs: 2 });
    } finally {
      await crowded.stop();
    }
  });

  it("serve() sees a second Host behind any number of headers", async () => {
    const padding = Array.from({ length: 3000 }, () => "a:");
    const lines = [ACME, ...padding, "Host: other.example"];
    const input = { bytes: requestText({ lines }), allowed: ["HOST_INVALID"], tenants: [] };
    await exchange(service.port, input);
  });

  it("putValue() refuses a value of any depth", async () => {
    const body = `{"value":${"[".repeat(60_000)}${"]".repeat(60_000)}}`;
    const { status, text } = await service.request("acme.example", "PUT", "/data/1", body);
    expect([status, text]).to.deep.include(400);
    expect(text).to.include("VALUE_INVALID");
  });

  it("serve() holds its memory under all of that, and none of it was an error of its own", async () => {
    const before = await residentMegabytes(trusting.child.pid ?? 0);
    const after = await residentMegabytes(service.child.pid ?? 0);
    expect(after).to.be.below(before + MAX_GROWTH_MEGABYTES);
    expect(service.output()).to.not.include('"level":"error"');
    expect(trusting.output()).to.not.include('"level":"error"');
  });

  const beginnings = {
    "that send nothing": "",
    "with half a header": "GET /data/1 HTTP/1.1\r\nHost: acme.exa",
    "with headers that have no end": "GET /data/1 HTTP/1.1\r\nHost: acme.example\r\n",
  };
  for (const [what, bytes] of Object.entries(beginnings)) {
    it(`serve() serves beside ${CONNECTIONS} clients ${what}, and cuts them`, async () => {
      const clients = await openSlowClients(hasty.port, CONNECTIONS, bytes);
      await served();
      await until("they are not cut", () => clients.ended() === CONNECTIONS);
      expect(new Set(clients.received().map((text) => text.slice(9, 12)))).to.deep.equal(
        new Set(["408"]),
      );
      await served();
    });
  }

  it(`serve() serves beside ${CONNECTIONS} clients with half a body, and cuts them`, async () => {
    const bytes = "PUT /data/1 HTTP/1.1\r\nHost: acme.example\r\nContent-Length: 17\r\n\r\n{";
    const clients = await openSlowClients(hasty.port, CONNECTIONS, bytes);
    await served();
    await until("they are not cut", () => clients.ended() === CONNECTIONS);
    const codes = clients.received().map((text) => /"code":"(\w+)"/.exec(text)?.[1] ?? "none");
    expect(codes.filter((code) => code !== "BODY_TIMEOUT" && code !== "none")).to.deep.equal([]);
    await served();
  });

  it("serve() cuts clients that keep a connection and ask for nothing more", async () => {
    const bytes = "GET /data/1 HTTP/1.1\r\nHost: acme.example\r\n\r\n";
    const clients = await openSlowClients(hasty.port, 20, bytes);
    await until("they are not cut", () => clients.ended() === 20);
    for (const text of clients.received()) expect(text).to.match(/^HTTP\/1\.1 200 .*1000001}$/s);
  });

  it("serve() cuts a client that asks and asks and takes no answer", async () => {
    const one = "GET /nowhere HTTP/1.1\r\nHost: acme.example\r\n\r\n";
    const clients = await openSlowClients(hasty.port, 3, one.repeat(60_000), { reads: false });
    await until("they are not cut", () => clients.ended() === 3);
    await served();
  });
});
