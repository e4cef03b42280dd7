// Records spans and metrics of requests and messages through OpenTelemetry's API alone. The application installs an
// SDK, or its runtime has one. The code looks for the SDK once, and without one does nothing.
// https://opentelemetry.io/docs/specs/otel/library-guidelines/

import {
  createNoopMeter,
  isSpanContextValid,
  type Meter,
  metrics,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { OpenDatabase } from "../database/database.ts";
import type { Observer } from "../http/observer.ts";
import type { Log } from "../log.ts";
import { createReport, quietly } from "../report.ts";
import { Instruments } from "./instruments.ts";
import type { RequestAttributes } from "./request-attributes.ts";
import { RequestSpan, type Sinks } from "./request-span.ts";
import { TenantLabels } from "./tenant-labels.ts";

const SCOPE = "rowhouse";

/** The options of {@link createTelemetry}. */
export interface TelemetryOptions {
  /** How many tenants the metrics name; 100 by default. */
  readonly maxTenants?: number;
  /** The log for failures of the SDK, at most one line a minute. */
  readonly log?: Log;
}

/** The observer of a tenancy's requests; made by {@link createTelemetry}, and an option of `createTenancy`. */
export interface Telemetry extends Observer {
  /** Adds the metrics of a database, or of several: the connections, and the messages that wait for one. */
  observe(database: OpenDatabase): void;
}

/**
 * Connects a tenancy to the installed OpenTelemetry SDK. Call it once, after the SDK was registered. When a runtime or
 * an instrumentation has begun a server span, the tenancy adds its attributes to that span. Behind a trusted proxy, a
 * request continues the trace of its `traceparent`. Any other request begins a new trace with a link to the incoming
 * one, because a client must not decide what is sampled.
 * @returns undefined when no SDK is installed; requests then pay nothing
 * @example
 * ```ts
 * import { createTelemetry, createTenancy, type OpenDatabase, type Tenancy } from "rowhouse";
 * import { router } from "./routes.ts";
 *
 * export function createApp(database: OpenDatabase): Tenancy {
 *   const telemetry = createTelemetry({ maxTenants: 20 });
 *   telemetry?.observe(database);
 *   return createTenancy({ router, telemetry });
 * }
 * ```
 */
export function createTelemetry({ maxTenants = 100, log }: TelemetryOptions = {}):
  Telemetry | undefined {
  const tracer = findTracer();
  const meter = findMeter();
  if (tracer === undefined && meter === undefined) return undefined;
  const active = new Map<RequestAttributes, number>();
  const instruments = meter && new Instruments(meter, active);
  const report = createReport(log, "telemetry failed");
  const sinks: Sinks = {
    tracer,
    instruments,
    labels: new TenantLabels(maxTenants),
    active,
    report,
  };
  return {
    begin: (request, trusted) => quietly(() => new RequestSpan(sinks, request, trusted), report),
    observe: (database) =>
      instruments?.observeConnections(new Map([["", database], ...(database.others ?? [])])),
  };
}

/** The tracer of an SDK. Its spans have an id, even those that a sampler drops; without an SDK they do not. */
function findTracer(): Tracer | undefined {
  const tracer = trace.getTracer(SCOPE);
  return isSpanContextValid(tracer.startSpan("probe").spanContext()) ? tracer : undefined;
}

function findMeter(): Meter | undefined {
  const meter = metrics.getMeter(SCOPE);
  return meter.constructor === createNoopMeter().constructor ? undefined : meter;
}
