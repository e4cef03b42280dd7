// Telemetry on Deno, by the SDK that Deno has built in.

import { expect } from "chai";
import { type Collector, openCollector } from "../support/collector.ts";
import { useDatabase } from "../support/database/database.ts";
import { type RunningRuntime, startRuntime } from "../support/program/runtime.ts";
import { sendHttp } from "../support/program/service.ts";
import { until } from "../support/until.ts";

const ACME = "acme.example.com";

describe("telemetry on Deno", () => {
  const database = useDatabase({ acme: ACME });
  let collector: Collector;
  let runtime: RunningRuntime;

  before(async function () {
    this.timeout(60_000);
    collector = await openCollector();
    runtime = await startRuntime("deno", {
      DATABASE_URL: database.serviceUrl,
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "50",
      OTEL_METRIC_EXPORT_INTERVAL: "50",
      OTEL_SERVICE_NAME: "shop",
    });
  });

  after(async () => {
    // Deno 2.9.5 at times waits for ever in its own SDK when it exits, after everything of ours has ended.
    await runtime.kill();
    await collector.close();
  });

  it("a request is one server span, Deno's, with the route and the tenant, and a message's within", async () => {
    expect((await sendHttp(runtime.port, ACME, "GET", "/data/get/1")).status).to.equal(404);
    await until("the spans arrive", () => collector.heard("/v1/traces").includes("GET /data/get/"));
    await until("the message's span arrives", () =>
      collector.heard("/v1/traces").includes('"SELECT"'),
    );
    const spans = readSpans(collector);
    const server = spans.find(({ name }) => name === "GET /data/get/:key");
    const message = spans.find(({ name }) => name === "SELECT");
    expect(spans).to.have.length(2);
    expect(server?.attributes).to.include({
      "http.route": "/data/get/:key",
      "rowhouse.tenant": "acme",
      "rowhouse.outcome": "NOT_FOUND",
    });
    expect(message?.parentSpanId).to.equal(server?.spanId);
    expect(message?.attributes).to.deep.equal({
      "db.system.name": "postgresql",
      "db.operation.name": "SELECT",
    });
  });

  it("metrics are Deno's for requests, by route, and ours for tenants, messages and connections", async () => {
    await sendHttp(runtime.port, ACME, "GET", "/data/get/1");
    const names = [
      "http.server.request.duration",
      "rowhouse.tenant.request.duration",
      "rowhouse.request.outcomes",
      "db.client.operation.duration",
      "db.client.connection.count",
    ];
    await until("all metrics arrive", () =>
      names.every((name) => collector.heard("/v1/metrics").includes(`"${name}"`)),
    );
    expect(collector.heard("/v1/metrics")).to.include("/data/get/:key");
  });
});

interface Span {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

function readSpans(collector: Collector): readonly Span[] {
  interface Sent {
    resourceSpans: {
      scopeSpans: {
        spans: (Omit<Span, "attributes"> & {
          attributes: { key: string; value: { stringValue?: string } }[];
        })[];
      }[];
    }[];
  }
  return collector.exports
    .filter(({ path }) => path === "/v1/traces")
    .flatMap(({ text }) => (JSON.parse(text) as Sent).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    .map(({ name, spanId, parentSpanId, attributes }) => {
      const texts = attributes.map(({ key, value }) => [key, value.stringValue]);
      return { name, spanId, parentSpanId, attributes: Object.fromEntries(texts) };
    });
}
