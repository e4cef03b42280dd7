// The promise: a database that is down harms the tenants that it has, and no other.

import { setImmediate } from "node:timers/promises";
import { SpanKind } from "@opentelemetry/api";
import { expect } from "chai";
import { openService } from "../support/program/service.ts";
import { type FaultProxy, openFaultProxy } from "../support/network/fault-proxy.ts";
import { openTelemetrySdk } from "../support/telemetry-sdk.ts";
import { openRouted } from "../../src/database/open-database.ts";
import { nearestEntry } from "../../src/database/routes/names.ts";
import { Routes } from "../../src/database/routes/routes.ts";
import { entryOf } from "../../src/entry.ts";
import { parseHost } from "../../src/host.ts";
import { createTenant } from "../../src/tenant.ts";
import { createTelemetry } from "../../src/telemetry/telemetry.ts";
import { useDatabases } from "../support/database/several-databases.ts";
import { rejection } from "../support/rejection.ts";
import { until } from "../support/until.ts";
import { serverAddress } from "../support/server/server.ts";

const MAX_IN_FLIGHT = 40;

describe("a service with a database that is down", () => {
  const several = useDatabases({ home: { near: "near.test" }, eu: { far: "far.test" } });
  let proxy: FaultProxy;
  let service: ReturnType<typeof openService>;

  before(async () => {
    proxy = await openFaultProxy(serverAddress().port);
    const eu = new URL(several.databases.eu.serviceUrl);
    eu.port = String(proxy.port);
    service = openService(several.databases.home.serviceUrl, {
      DATABASE_URL_EU: eu.href,
      MAX_IN_FLIGHT: String(MAX_IN_FLIGHT),
      TENANT_MAX_IN_FLIGHT: String(MAX_IN_FLIGHT),
      CONNECT_TIMEOUT_MS: "400",
      REQUEST_TIMEOUT_MS: "800",
    });
  });

  after(async () => {
    proxy.resume();
    await service.close();
    await proxy.close();
  });

  const statusOf = async (host: string): Promise<number> =>
    (await service.request(host, "GET", "/data")).status;
  const readiness = async (): Promise<unknown> => {
    const { status, json } = await service.request("any.test", "GET", "/readyz");
    return [status, json];
  };
  const READY = { home: "ready", eu: "ready" };

  it("names the database in the spans of messages and transactions, and in the metrics of its connections", async () => {
    const sdk = openTelemetrySdk();
    const telemetry = createTelemetry();
    const { home, eu } = several.databases;
    const watched = openService(home.serviceUrl, { DATABASE_URL_EU: eu.serviceUrl }, telemetry);
    telemetry?.observe(watched.database);
    for (const host of ["near.test", "far.test"]) await watched.request(host, "GET", "/data");
    const begin = new Request("http://far.test/", { headers: { host: "far.test" } });
    const observation = telemetry?.begin(begin, false);
    await createTenant(
      observation?.database(watched.database) ?? watched.database,
      parseHost("far.test"),
    ).begin(async (tx) => {
      await tx`select 1`;
      await tx.savepoint(async (inner) => inner`values (1)`);
      await rejection(tx.savepoint(async (inner) => inner`select 1 / 0`));
    });
    const names = sdk
      .spans()
      .filter(({ kind }) => kind !== SpanKind.SERVER)
      .map(({ name, attributes }) => `${name} ${String(attributes["rowhouse.database"])}`);
    const points = await sdk.points("db.client.connection.max");
    await watched.close();
    await sdk.close();
    expect(names).to.deep.equal([
      ...["SELECT home", "SELECT eu"],
      ...["SELECT eu", "VALUES eu", "SELECT eu", "transaction eu"],
    ]);
    expect(points.map(({ attributes }) => Object.values(attributes))).to.deep.equal([
      ["rowhouse"],
      ["rowhouse.eu"],
    ]);
  });

  it("serves the tenants of the others while it does not answer, and its own when it does again", async () => {
    expect(await statusOf("far.test")).to.equal(200);
    expect(await readiness()).to.deep.equal([200, { status: "ready", databases: READY }]);
    proxy.stall();
    const lost = Promise.all(Array.from({ length: MAX_IN_FLIGHT - 1 }, () => statusOf("far.test")));
    const state = { isOver: false };
    void lost.finally(() => (state.isOver = true));
    // By then those beyond its part of the places have been refused.
    await setImmediate();
    const found: number[] = [];
    const states = readiness();
    while (!state.isOver) found.push(await statusOf("near.test"));
    expect(await states).to.deep.equal([
      200,
      { status: "ready", databases: { ...READY, eu: "unavailable" } },
    ]);
    expect(new Set(await lost)).to.deep.equal(new Set([503]));
    expect(new Set(found)).to.deep.equal(new Set([200]));
    expect(found.length).to.be.greaterThan(20);
    proxy.resume();
    await until("it does not recover", async () => (await statusOf("far.test")) === 200);
  });

  it("gives 503 to its tenants at once while it refuses connections, and forgets the hint", async () => {
    proxy.targetPort = 1;
    proxy.reset();
    await until("it is not down", async () => (await statusOf("far.test")) === 503);
    expect(await statusOf("near.test")).to.equal(200);
    // Home sends the tenant elsewhere by now: nobody asks the lost database.
    await several.databases.home.addTenants({ back: "back.test" });
    await several.databases.home.sql(
      `delete from rowhouse.pointer where schema_name = 'far'`,
      `insert into rowhouse.domain
         select 'far.test', schema_name, role_name, status, statement_timeout_ms
           from rowhouse.tenant where schema_name = 'back'`,
    );
    expect(await statusOf("far.test")).to.equal(200);
    proxy.targetPort = serverAddress().port;
  });

  it("asks home within the same message where the database of a hint cannot be reached", async () => {
    const routes = new Routes(8);
    const near = parseHost("near.test");
    routes.hints.learn(nearestEntry(entryOf(near)), "down");
    const { serviceUrl: url } = several.databases.home;
    const down = "postgres://service:secret@127.0.0.1:1/app";
    const database = openRouted({ url, others: { down } }, () => routes);
    expect(await createTenant(database, near)`select 1 as one`).to.deep.equal([{ one: 1 }]);
    expect(routes.hints.find(nearestEntry(entryOf(near)))).to.equal(undefined);
    await database.close(1);
  });
});
