// Telemetry of the program that users start: what it serves for Prometheus, what it sends to a collector,
// and that it does neither unless it is asked to.

import { createServer } from "node:http";
import { networkInterfaces } from "node:os";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { type Collector, openCollector } from "../support/collector.ts";
import { useDatabase } from "../support/database/database.ts";
import { findFreePort } from "../support/network/free-port.ts";
import { findLeaks, plant } from "../support/program/printed.ts";
import { sendHttp, type ServiceProcess, startService } from "../support/program/service.ts";
import { until } from "../support/until.ts";

const ACME = "acme.example.com";
const KEY = Number(plant("1876543298"));
const VALUE = Number(plant("1765432987"));
const TRACE = "0af7651916cd43dd8448eb211c80319c";

describe("exported telemetry", () => {
  const database = useDatabase({ acme: ACME });
  let service: ServiceProcess | undefined;
  let collector: Collector;

  before(async () => {
    await database.sql(`alter table acme.data add constraint low check (value <> ${VALUE})`);
    collector = await openCollector();
  });

  after(() => collector.close());

  afterEach(async () => {
    await service?.stop();
    service = undefined;
  });

  const start = async (env: Record<string, string>): Promise<ServiceProcess> =>
    (service = await startService(database.serviceUrl, env));
  const scrape = async (port: number, path = "/metrics") =>
    sendHttp(port, `127.0.0.1:${port}`, "GET", path);
  const visit = async (running: ServiceProcess): Promise<void> => {
    await database.sql("delete from acme.data");
    const statuses = [
      await running.request(ACME, "GET", `/data/get/${KEY}`),
      await running.request(ACME, "PUT", `/data/${KEY}`, JSON.stringify({ value: VALUE })),
      await running.request(ACME, "PUT", `/data/${KEY}`, JSON.stringify({ value: 1 })),
    ].map(({ status }) => status);
    expect(statuses).to.deep.equal([404, 500, 201]);
  };

  it("METRICS_PORT serves Prometheus' text on 127.0.0.1 and on a port of its own", async () => {
    const port = await findFreePort();
    const running = await start({ METRICS_PORT: String(port) });
    await visit(running);
    const { status, text, headers } = await scrape(port);
    expect(status).to.equal(200);
    expect(headers["content-type"]).to.match(/^text\/plain/);
    for (const sample of [
      /^http_server_request_duration_seconds_count\{http_request_method="GET",url_scheme="http",http_response_status_code="404",http_route="\/data\/get\/:key"[^}]*\} 1$/m,
      /^http_server_request_duration_seconds_bucket\{[^}]*error_type="INTERNAL"[^}]*le="0\.005"\} \d$/m,
      /^rowhouse_tenant_request_duration_seconds_count\{rowhouse_tenant="acme"[^}]*\} 3$/m,
      /^rowhouse_request_outcomes_total\{rowhouse_tenant="acme",rowhouse_outcome="ok"[^}]*\} 1$/m,
      /^rowhouse_request_outcomes_total\{rowhouse_tenant="acme",rowhouse_outcome="NOT_FOUND"[^}]*\} 1$/m,
      /^db_client_operation_duration_seconds_count\{[^}]*db_response_status_code="23514"[^}]*\} 1$/m,
      /^http_server_active_requests\{[^}]*\} 0$/m,
      /^db_client_connection_count\{[^}]*state="idle"[^}]*\} 1$/m,
      /^db_client_connection_max\{[^}]*\} 80$/m,
      /^db_client_connection_pending_requests\{[^}]*\} 0$/m,
      /^target_info\{[^}]*service_name="rowhouse"/m,
    ]) {
      expect(text).to.match(sample);
    }
    expect(findLeaks(text)).to.deep.equal([]);
    expect(text).not.to.include(ACME);
    expect((await running.request(ACME, "GET", "/metrics")).status).to.equal(404);
    expect((await scrape(port, "/data/1")).status).to.equal(404);
    expect(collector.exports).to.deep.equal([]);
  });

  it("METRICS_PORT is reached from this machine alone, unless METRICS_HOST says otherwise", async () => {
    const address = Object.values(networkInterfaces())
      .flat()
      .find((one) => one?.family === "IPv4" && !one.internal)?.address;
    const other = address ?? "127.0.0.2";
    const port = await findFreePort();
    await start({ METRICS_PORT: String(port) });
    const failure = await fetch(`http://${other}:${port}/metrics`).catch((error: Error) => error);
    expect(failure).to.be.instanceOf(Error);
  });

  it("a service that is asked for nothing listens on no other port, and loads no SDK", async () => {
    const hook = `import { register } from "node:module";
      const hooks = "export const load = (url, context, next) => { if (url.includes('opentelemetry/') && !url.includes('opentelemetry/api/')) console.log('LOADED', url); return next(url, context); }";
      register("data:text/javascript," + encodeURIComponent(hooks));`;
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(hook)}`;
    const running = await start({ NODE_OPTIONS, OTEL_SERVICE_NAME: "shop" });
    await running.request(ACME, "GET", "/data/1");
    await running.stop();
    // The thread of the hooks prints when it likes.
    expect(running.output()).not.to.include("LOADED");
    const port = String(await findFreePort());
    const asked = await start({ NODE_OPTIONS, METRICS_PORT: port });
    await until("the SDK was not loaded", () => asked.output().includes("LOADED"));
  });

  it("OTEL_EXPORTER_OTLP_ENDPOINT is sent spans and metrics, the last ones before the end", async () => {
    const running = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_SERVICE_NAME: "shop",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
      OTEL_BSP_SCHEDULE_DELAY: "3600000",
      OTEL_METRIC_EXPORT_INTERVAL: "3600000",
    });
    await visit(running);
    expect(collector.exports).to.deep.equal([]);
    expect(await running.stop()).to.equal(0);
    const paths = collector.exports.map(({ path }) => path).toSorted();
    expect(paths).to.deep.equal(["/v1/metrics", "/v1/traces"]);
    for (const { contentType, text } of collector.exports) {
      expect(contentType).to.equal("application/x-protobuf");
      expect(text).to.include("shop").and.to.include("deployment.environment.name");
      expect(findLeaks(text)).to.deep.equal([]);
      expect(text).not.to.include(ACME);
    }
    expect(collector.heard("/v1/traces"))
      .to.include("GET /data/get/:key")
      .and.to.include("PUT /data/:key")
      .and.to.include("SELECT")
      .and.to.include("23514");
    expect(collector.heard("/v1/metrics")).to.include("rowhouse.request.outcomes");
  });

  it("OTEL_TRACES_EXPORTER=none sends metrics alone, as often as is asked", async () => {
    const before = collector.exports.length;
    const running = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_TRACES_EXPORTER: "none",
      OTEL_METRIC_EXPORT_INTERVAL: "50",
    });
    await running.request(ACME, "GET", "/data/1");
    await until("three exports arrive", () => collector.exports.length >= before + 3);
    const paths = new Set(collector.exports.slice(before).map(({ path }) => path));
    expect([...paths]).to.deep.equal(["/v1/metrics"]);
  });

  it("a collector that is down costs no request, one line in the log, and no long end", async () => {
    const port = await findFreePort();
    const running = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://user:${plant("planted-user-91aa")}@127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${plant("planted-header-4c1d")}`,
      OTEL_BSP_SCHEDULE_DELAY: "50",
      OTEL_METRIC_EXPORT_INTERVAL: "50",
      OTEL_EXPORTER_OTLP_TIMEOUT: "50",
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => running.request(ACME, "GET", "/healthz")),
    );
    expect(answers.every(({ status }) => status === 200)).to.equal(true);
    await running.printed('"event":"export failed"');
    await running.request(ACME, "GET", "/healthz");
    expect(await running.stop()).to.equal(0);
    expect(running.output().split('"event":"export failed"')).to.have.length(2);
    expect(findLeaks(running.output())).to.deep.equal([]);
  });

  it("a collector that never answers holds up the end for two seconds at most", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const running = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
    await running.request(ACME, "GET", "/healthz");
    expect(await running.stop()).to.equal(0);
    expect(running.output()).to.include('"event":"drained"');
    silent.closeAllConnections();
    silent.close();
  });

  it("the service does not start, and says so, for an exporter that it does not have", async () => {
    const failure = await start({ OTEL_TRACES_EXPORTER: "jaeger" }).catch(String);
    expect(failure).to.equal(
      "Error: The service did not start: " +
        'Cannot read OTEL_TRACES_EXPORTER: "jaeger" is not one of otlp, none\n',
    );
  });

  it("the service does not start, and says so, when METRICS_PORT is taken", async () => {
    const port = Number(new URL(collector.endpoint).port);
    const failure = await start({ METRICS_PORT: String(port) }).catch(String);
    expect(failure).to.equal(
      "Error: The service did not start: Cannot serve metrics: " +
        `port ${port} on 127.0.0.1 is in use; set METRICS_PORT to another\n`,
    );
  });

  it("an SDK that the process brings along is used, and no other is registered beside it", async () => {
    const sdk = import.meta.resolve("@opentelemetry/sdk-trace-base");
    const api = import.meta.resolve("@opentelemetry/api");
    const own = `import api from "${api}"; import sdk from "${sdk}";
      const exporter = { export: (spans, done) => { console.log("OWN", spans[0].name); done({ code: 0 }); }, shutdown: async () => {} };
      const provider = new sdk.BasicTracerProvider({ spanProcessors: [new sdk.SimpleSpanProcessor(exporter)] });
      api.trace.setGlobalTracerProvider(provider);`;
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(own)}` };
    const before = collector.exports.length;
    const running = await start({ ...env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
    await running.request(ACME, "GET", "/data/get/1");
    await running.printed("OWN GET /data/get/:key");
    await running.stop();
    expect(collector.exports).to.have.length(before);
    const failure = await start({ ...env, METRICS_PORT: "9464" }).catch(String);
    expect(failure).to.equal(
      "Error: The service did not start: Cannot serve metrics: the process has registered an " +
        "OpenTelemetry SDK of its own; unset METRICS_PORT\n",
    );
  });

  it("a request of a traced client is part of that client's trace", async () => {
    const running = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: "20",
    });
    await fetch(`http://127.0.0.1:${running.port}/healthz`, {
      headers: { traceparent: `00-${TRACE}-b7ad6b7169203331-01` },
    });
    const id = Buffer.from(TRACE, "hex").toString("utf8");
    await until("the span arrives", () => collector.heard("/v1/traces").includes(id));
  });
});
