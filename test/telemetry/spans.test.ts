// Spans of requests and messages, as OpenTelemetry's own SDK receives them. What is expected is
// all that there is: an attribute too many is as wrong as one that is missing.

import {
  type Attributes,
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { AlwaysOffSampler, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { expect } from "chai";
import { Router } from "itty-router";
import type { Exchange, TenantExchange } from "../../src/http/exchange.ts";
import { createLog } from "../../src/log.ts";
import { createTelemetry } from "../../src/telemetry/telemetry.ts";
import { createTenancy } from "../../src/http/tenancy.ts";
import { withTenant } from "../../src/http/with-tenant.ts";
import type { Tenant } from "../../src/tenant.ts";
import { useDatabase } from "../support/database/database.ts";
import { type LocalService, openService } from "../support/program/service.ts";
import { openTelemetrySdk, type TelemetrySdk } from "../support/telemetry-sdk.ts";

const ACME = "acme.example.com";
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";
const POSTGRESQL = { "db.system.name": "postgresql" };

const GET = { "http.request.method": "GET", "url.scheme": "http" };

describe("spans", () => {
  const database = useDatabase({ acme: ACME, gone: "gone.example.com", slow: "slow.example.com" });
  let sdk: TelemetrySdk;
  let service: LocalService;

  before(async () => {
    await database.sql(
      "insert into acme.data values (1, 10)",
      "update rowhouse.tenant set statement_timeout_ms = 100 where schema_name = 'slow'",
    );
  });

  beforeEach(() => {
    sdk = openTelemetrySdk();
    service = openService(database.serviceUrl, { TRUST_PROXY: "true" }, createTelemetry());
  });

  afterEach(async () => {
    await service.close();
    await sdk.close();
  });

  const shown = (span: ReadableSpan) => ({
    name: span.name,
    kind: SpanKind[span.kind],
    status: SpanStatusCode[span.status.code],
    attributes: span.attributes,
    events: span.events.length,
  });
  const span = (
    kind: "SERVER" | "CLIENT" | "INTERNAL",
    name: string,
    attributes: Attributes,
    status: "UNSET" | "ERROR" = "UNSET",
  ) => ({ name, kind, status, attributes, events: 0 });
  const server = (route: string, status: number, more: Attributes, method = "GET") =>
    span(
      "SERVER",
      `${method} ${route}`,
      {
        ...{ "http.request.method": method, "url.scheme": "http" },
        ...{ "http.route": route, "http.response.status_code": status },
        ...more,
      },
      status < 500 ? "UNSET" : "ERROR",
    );
  const message = (operation: string, more: Attributes = {}, status: "UNSET" | "ERROR" = "UNSET") =>
    span("CLIENT", operation, { ...POSTGRESQL, "db.operation.name": operation, ...more }, status);

  it("fetch() makes a server span for a request, and a client span for its message within", async () => {
    await service.request(ACME, "GET", "/data/get/1");
    const [inner, outer] = sdk.spans();
    expect(sdk.spans().map(shown)).to.deep.equal([
      message("SELECT"),
      server("/data/get/:key", 200, { "rowhouse.tenant": "acme", "rowhouse.outcome": "ok" }),
    ]);
    expect(inner?.parentSpanContext?.spanId).to.equal(outer?.spanContext().spanId);
    expect(inner?.spanContext().traceId).to.equal(outer?.spanContext().traceId);
    expect(outer?.parentSpanContext).to.equal(undefined);
  });

  it("fetch() tells of an error of the client's by its outcome, and of ours as an error, too", async () => {
    await service.request("nobody.example.com", "GET", "/data/1");
    await service.request(ACME, "GET", "/nowhere");
    await service.request(ACME, "PATCH", "/data/1");
    const state = { "db.response.status_code": "RH404", "error.type": "RH404" };
    expect(sdk.spans().map(shown)).to.deep.equal([
      message("SELECT", state, "ERROR"),
      server("/data/:key", 404, { "rowhouse.outcome": "TENANT_NOT_FOUND" }),
      span("SERVER", "GET", {
        ...GET,
        "http.response.status_code": 404,
        "rowhouse.outcome": "PATH_NOT_FOUND",
      }),
      span("SERVER", "PATCH", {
        ...GET,
        "http.request.method": "PATCH",
        "http.response.status_code": 405,
        "rowhouse.outcome": "METHOD_NOT_ALLOWED",
      }),
    ]);
  });

  it("fetch() names the tenant of a failed message, once its host was entered", async () => {
    const slow = "slow.example.com";
    await service.request(slow, "GET", "/data/1");
    sdk.clear();
    const holder = await database.openClient();
    await holder.query("begin; lock table slow.data in access exclusive mode");
    const answer = await service.request(slow, "GET", "/data/1");
    await holder.end();
    expect(answer.status).to.equal(504);
    const failed = {
      "error.type": "STATEMENT_TIMEOUT",
      "rowhouse.tenant": "slow",
      "rowhouse.outcome": "STATEMENT_TIMEOUT",
    };
    const state = { "db.response.status_code": "57014", "error.type": "57014" };
    expect(sdk.spans().map(shown)).to.deep.equal([
      message("SELECT", state, "ERROR"),
      server("/data/:key", 504, failed),
    ]);
    expect(await sdk.points("http.server.request.duration")).to.deep.include({
      attributes: {
        ...GET,
        "http.route": "/data/:key",
        "http.response.status_code": 504,
        "error.type": "STATEMENT_TIMEOUT",
      },
      value: 1,
    });
  });

  it("fetch() continues a trusted traceparent, and begins a trace for a malformed one", async () => {
    const send = (traceparent: string) =>
      service.request(ACME, "GET", "/healthz", undefined, { traceparent, tracestate: "a=1" });
    await send(`00-${TRACE}-${PARENT}-01`);
    const [continued] = sdk.spans();
    expect(continued?.spanContext().traceId).to.equal(TRACE);
    expect(continued?.spanContext().traceState?.serialize()).to.equal("a=1");
    expect(continued?.parentSpanContext?.spanId).to.equal(PARENT);
    for (const bad of [
      "",
      "00",
      `00-${"0".repeat(32)}-${PARENT}-01`,
      `ff-${TRACE}-${PARENT}-01`,
      `00-${TRACE.toUpperCase()}-${PARENT}-01`,
      `00-${TRACE}-${PARENT}-01-x`,
      "'; select 1 --",
    ]) {
      sdk.clear();
      await send(bad);
      expect(sdk.spans(), bad).to.have.length(1);
      expect(sdk.spans()[0]?.parentSpanContext, bad).to.equal(undefined);
      expect(sdk.spans()[0]?.spanContext().traceId, bad).not.to.equal(TRACE);
    }
  });

  it("fetch() lets a client that is not trusted decide neither the trace nor whether it is sampled", async () => {
    const open = openService(database.serviceUrl, {}, createTelemetry());
    try {
      for (const flags of ["00", "01"]) {
        sdk.clear();
        const traceparent = `00-${TRACE}-${PARENT}-${flags}`;
        await open.request(ACME, "GET", "/healthz", undefined, { traceparent });
        const [own] = sdk.spans();
        expect(own?.spanContext().traceId).to.not.equal(TRACE);
        expect(own?.parentSpanContext).to.equal(undefined);
        expect(own?.links.map(({ context: { traceId } }) => traceId)).to.deep.equal([TRACE]);
      }
    } finally {
      await open.close();
    }
  });

  it("fetch() makes no span for a request whose trace is not sampled, and counts it", async () => {
    const traceparent = `00-${TRACE}-${PARENT}-00`;
    await service.request(ACME, "GET", "/data/1", undefined, { traceparent });
    expect(sdk.spans()).to.deep.equal([]);
    expect(await sdk.points("db.client.operation.duration")).to.have.length(1);
  });

  it("fetch() completes the server span of whoever serves, and makes and counts none beside", async () => {
    const outer = trace.getTracer("outer").startSpan("GET", { kind: SpanKind.SERVER });
    const around = trace.setSpan(ROOT_CONTEXT, outer);
    const manager = {
      active: () => around,
      with: <A extends unknown[], R>(
        _: unknown,
        work: (...args: A) => R,
        on?: unknown,
        ...args: A
      ) => work.apply(on, args),
      bind: <T>(_: unknown, target: T) => target,
      enable: () => manager,
      disable: () => manager,
    };
    context.setGlobalContextManager(manager);
    try {
      await service.request(ACME, "GET", "/data/1");
    } finally {
      context.disable();
    }
    expect(sdk.spans().map(({ name }) => name)).to.deep.equal(["SELECT"]);
    expect(sdk.spans()[0]?.parentSpanContext?.spanId).to.equal(outer.spanContext().spanId);
    outer.end();
    expect(shown(sdk.spans()[1] as ReadableSpan)).to.deep.equal(
      span("SERVER", "GET /data/:key", {
        "http.route": "/data/:key",
        "http.response.status_code": 200,
        "rowhouse.tenant": "acme",
        "rowhouse.outcome": "ok",
      }),
    );
    expect(await sdk.points("http.server.request.duration")).to.deep.equal([]);
    expect(await sdk.points("http.server.active_requests")).to.deep.equal([]);
    expect(await sdk.points("rowhouse.tenant.request.duration")).to.have.length(1);
  });

  /** A handler's tenant, and what became of the spans that it made. */
  const handle = async (work: (tenant: Tenant) => Promise<unknown>): Promise<unknown> => {
    const router = Router<Exchange>();
    let thrown: unknown;
    router.get("/work", withTenant, ({ tenant }: TenantExchange) =>
      work(tenant).catch((error: unknown) => {
        thrown = error;
        throw error;
      }),
    );
    const log = createLog("silent", () => {});
    const tenancy = createTenancy({ router, log, telemetry: createTelemetry() });
    const request = new Request("http://localhost/work", { headers: { host: ACME } });
    await tenancy.fetch(request, service.database);
    return thrown;
  };

  it("tenant.batch() is one span that says how many statements, and of which kind", async () => {
    await handle(async (tenant) => {
      await tenant.batch([tenant`select 1`, tenant`select 2`]);
      await tenant.batch([tenant`select 1`, tenant`values (1), (2), (3)`]);
      await tenant`-- a comment that says select
        select 1`;
    });
    expect(sdk.spans().map(shown).slice(0, -1)).to.deep.equal([
      message("BATCH SELECT", { "db.operation.batch.size": 2 }),
      message("BATCH", { "db.operation.batch.size": 2 }),
      span("CLIENT", "postgresql", POSTGRESQL),
    ]);
  });

  it("tenant.begin() is a span around those of its messages", async () => {
    await handle((tenant) =>
      tenant.begin(async (tx) => {
        await tx`select 1`;
        await tx.savepoint(async (inner) => inner`insert into data values (9, 9) returning key`);
      }),
    );
    const spans = sdk.spans();
    const transaction = spans[2];
    expect(spans.map(shown).slice(0, -1)).to.deep.equal([
      message("SELECT"),
      message("INSERT"),
      span("INTERNAL", "transaction", POSTGRESQL),
    ]);
    for (const inner of spans.slice(0, 2)) {
      expect(inner.parentSpanContext?.spanId).to.equal(transaction?.spanContext().spanId);
    }
  });

  it("tenant.begin() is a span with an error when the work throws, and passes it on", async () => {
    const enough = new Error("Enough");
    const thrown = await handle((tenant) => tenant.begin(() => Promise.reject(enough)));
    expect(thrown).to.equal(enough);
    expect(shown(sdk.spans()[0] as ReadableSpan)).to.deep.equal(
      span("INTERNAL", "transaction", { ...POSTGRESQL, "error.type": "_OTHER" }, "ERROR"),
    );
  });
});

describe("createTelemetry()", () => {
  it("createTelemetry() gives undefined where there is no SDK: nothing is done for nobody", () => {
    expect(createTelemetry()).to.equal(undefined);
  });

  const sdks: readonly [what: string, parts: Parameters<typeof openTelemetrySdk>[0]][] = [
    ["metrics alone", { traces: false }],
    ["traces alone", { metrics: false }],
    ["traces of which none is sampled", { metrics: false, sampler: new AlwaysOffSampler() }],
  ];
  for (const [what, parts] of sdks) {
    it(`createTelemetry() finds an SDK with ${what}, and leaves no span of its own`, async () => {
      const sdk = openTelemetrySdk(parts);
      const telemetry = createTelemetry();
      expect(sdk.spans()).to.deep.equal([]);
      await sdk.close();
      expect(telemetry).not.to.equal(undefined);
    });
  }
});
