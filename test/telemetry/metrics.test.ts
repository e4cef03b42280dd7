// Metrics of requests, messages and connections, as OpenTelemetry's own SDK receives them.

import { DataPointType, type HistogramMetricData } from "@opentelemetry/sdk-metrics";
import { expect } from "chai";
import { createTelemetry } from "../../src/telemetry/telemetry.ts";
import { useDatabase } from "../support/database/database.ts";
import { type LocalService, openService } from "../support/program/service.ts";
import { openTelemetrySdk, type Point, type TelemetrySdk } from "../support/telemetry-sdk.ts";
import { until } from "../support/until.ts";

const TENANTS = 6;
const hostOf = (tenant: number): string => `t${tenant}.example.com`;

describe("metrics", () => {
  const database = useDatabase();
  let sdk: TelemetrySdk;
  let service: LocalService;

  before(async () => {
    const numbers = Array.from({ length: TENANTS }, (_, index) => index + 1);
    await database.addTenants(Object.fromEntries(numbers.map((n) => [`t${n}`, hostOf(n)])));
  });

  const open = (env: Record<string, string> = {}, maxTenants = 100): void => {
    sdk = openTelemetrySdk();
    const telemetry = createTelemetry({ maxTenants });
    service = openService(database.serviceUrl, env, telemetry);
    telemetry?.observe(service.database);
  };

  afterEach(async () => {
    await service.close();
    await sdk.close();
  });

  it("fetch() is counted in every metric with exactly these attributes", async () => {
    open();
    await service.request(hostOf(1), "GET", "/data/get/1");
    await service.request(hostOf(1), "HEAD", "/data/get/1");
    await service.request("nobody.example.com", "PUT", "/data/1", { value: 1 });
    await service.request(hostOf(1), "PROPFIND", "/data/1");
    const request = (method: string, status: number, route?: string) => ({
      attributes: {
        "http.request.method": method,
        "url.scheme": "http",
        "http.response.status_code": status,
        ...(route === undefined ? {} : { "http.route": route }),
      },
      value: 1,
    });
    expect(await sdk.points("http.server.request.duration")).to.have.deep.members([
      request("GET", 404, "/data/get/:key"),
      request("HEAD", 404, "/data/get/:key"),
      request("PUT", 404, "/data/:key"),
      request("_OTHER", 405),
    ]);
    expect(await sdk.points("rowhouse.tenant.request.duration")).to.deep.equal([
      { attributes: { "rowhouse.tenant": "t1" }, value: 2 },
    ]);
    const outcome = (
      code: string,
      value: number,
      tenant: object = { "rowhouse.tenant": "t1" },
    ) => ({
      attributes: { ...tenant, "rowhouse.outcome": code },
      value,
    });
    expect(await sdk.points("rowhouse.request.outcomes")).to.have.deep.members([
      outcome("NOT_FOUND", 2),
      outcome("TENANT_NOT_FOUND", 1, {}),
      outcome("METHOD_NOT_ALLOWED", 1, {}),
    ]);
    const operation = (name: string, more: object = {}) => ({
      "db.system.name": "postgresql",
      "db.operation.name": name,
      ...more,
    });
    const state = { "db.response.status_code": "RH404", "error.type": "RH404" };
    expect(await sdk.points("db.client.operation.duration")).to.have.deep.members([
      { attributes: operation("SELECT"), value: 2 },
      { attributes: operation("INSERT", state), value: 1 },
    ]);
  });

  it("metrics have the units and buckets of the conventions, and durations in seconds", async () => {
    open();
    await service.request(hostOf(1), "GET", "/data/1");
    const metrics = await sdk.collect();
    const histogram = (name: string): HistogramMetricData => {
      const metric = metrics.get(name);
      if (metric?.dataPointType !== DataPointType.HISTOGRAM) throw new Error(`${name} is none`);
      return metric;
    };
    for (const [name, first, last] of [
      ["http.server.request.duration", 0.0005, 10],
      ["rowhouse.tenant.request.duration", 0.0005, 10],
      ["db.client.operation.duration", 0.001, 10],
    ] as const) {
      const { descriptor, dataPoints } = histogram(name);
      const { sum, buckets } = dataPoints[0]?.value ?? { buckets: { boundaries: [] } };
      expect(descriptor.unit).to.equal("s");
      expect([buckets.boundaries[0], buckets.boundaries.at(-1)]).to.deep.equal([first, last]);
      expect(sum).to.be.greaterThan(0).and.lessThan(5);
    }
  });

  it("connections and requests in progress are those of the moment when metrics are collected", async () => {
    open({ DATABASE_CONNECTIONS: "2" });
    const pool = { "db.client.connection.pool.name": "rowhouse" };
    const connections = (state: string, value: number): Point => ({
      attributes: { ...pool, "db.client.connection.state": state },
      value,
    });
    const atWork = (value: number): Point[] => [
      { attributes: { "http.request.method": "GET", "url.scheme": "http" }, value },
    ];
    const pending = async (): Promise<number | undefined> =>
      (await sdk.points("db.client.connection.pending_requests"))[0]?.value;
    expect(await sdk.points("db.client.connection.count")).to.deep.equal([
      connections("used", 0),
      connections("idle", 0),
    ]);
    const holder = await database.openClient();
    await holder.query("begin; lock table t1.data in access exclusive mode");
    const answers = Array.from({ length: 5 }, () => service.request(hostOf(1), "GET", "/data/1"));
    await holder.waitUntilBlocked("enter_tenant");
    await until("nothing waits for a connection", async () => (await pending()) === 3);
    expect(await sdk.points("db.client.connection.count")).to.deep.equal([
      connections("used", 2),
      connections("idle", 0),
    ]);
    expect(await sdk.points("db.client.connection.max")).to.deep.equal([
      { attributes: pool, value: 2 },
    ]);
    expect(await sdk.points("http.server.active_requests")).to.deep.equal(atWork(5));
    await holder.end();
    await Promise.all(answers);
    expect(await sdk.points("db.client.connection.count")).to.deep.equal([
      connections("used", 0),
      connections("idle", 2),
    ]);
    expect(await pending()).to.equal(0);
    expect(await sdk.points("http.server.active_requests")).to.deep.equal(atWork(0));
  });

  it("tenants past METRICS_MAX_TENANTS are other, and hosts that no tenant has take no place", async () => {
    open({}, 4);
    for (let host = 0; host < 50; host += 1) {
      await service.request(`unknown-${host}.example.com`, "GET", "/data/1");
    }
    for (let round = 0; round < 2; round += 1) {
      for (let tenant = 1; tenant <= TENANTS; tenant += 1) {
        await service.request(hostOf(tenant), "GET", "/data/1");
      }
    }
    const tenant = (name: string, value: number): Point => ({
      attributes: { "rowhouse.tenant": name },
      value,
    });
    expect(await sdk.points("rowhouse.tenant.request.duration")).to.have.deep.members([
      tenant("t1", 2),
      tenant("t2", 2),
      tenant("other", 8),
    ]);
    const outcomes = await sdk.points("rowhouse.request.outcomes");
    expect(outcomes).to.deep.include({
      attributes: { "rowhouse.outcome": "TENANT_NOT_FOUND" },
      value: 50,
    });
    expect(outcomes).to.have.length(4);
  });
});
