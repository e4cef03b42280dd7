// Spans and metrics of requests and messages, through OpenTelemetry's API alone: who wants them installs an
// SDK, or runs on a runtime that has one. Whether anybody does is found out once, so that nothing is
// done for nobody. https://opentelemetry.io/docs/specs/otel/library-guidelines/

import {
  createNoopMeter,
  isSpanContextValid,
  type Meter,
  metrics,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { OpenDatabase } from "../database/database.ts";
import { harmless } from "./quietly.ts";
import { Instruments } from "./instruments.ts";
import type { RequestAttributes } from "./request-attributes.ts";
import { type RequestSinks, RequestWatch } from "./request-span.ts";
import { TenantNames } from "./tenant-names.ts";

const SCOPE = "rowhouse";

/** What {@link createTelemetry} may be told. */
export interface TelemetryOptions {
  /** METRICS_MAX_TENANTS: how many tenants have a name in the metrics; 100 when left out. */
  readonly maxTenants?: number;
}

/** Tells of requests; made by {@link createTelemetry}, and handed to `createTenancy`. */
export interface Telemetry {
  /** A request has arrived: a tenancy calls this for each. Undefined when the SDK throws. */
  begin(request: Request): RequestWatch | undefined;
  /** From now on the metrics tell how many connections a database has, and how much waits for one. */
  observe(database: OpenDatabase): void;
}

/**
 * What tells the installed OpenTelemetry SDK of requests and messages; undefined when there is none: then a
 * request costs what it cost without. Call it once, after the SDK was registered. A server span of whoever
 * serves, a runtime or an instrumentation, is completed instead of doubled; else an incoming `traceparent`
 * is continued.
 */
export function createTelemetry({ maxTenants = 100 }: TelemetryOptions = {}):
  Telemetry | undefined {
  const tracer = findTracer();
  const meter = findMeter();
  if (tracer === undefined && meter === undefined) return undefined;
  const active = new Map<RequestAttributes, number>();
  const instruments = meter && new Instruments(meter, active);
  const sinks: RequestSinks = { tracer, instruments, tenants: new TenantNames(maxTenants), active };
  return {
    begin: (request) => harmless(() => new RequestWatch(sinks, request)),
    observe: (database) => instruments?.observeConnections(() => database.counts()),
  };
}

/** A span that no sampler keeps has an id all the same; one that nobody makes has none. */
function findTracer(): Tracer | undefined {
  const tracer = trace.getTracer(SCOPE);
  return isSpanContextValid(tracer.startSpan("probe").spanContext()) ? tracer : undefined;
}

function findMeter(): Meter | undefined {
  const meter = metrics.getMeter(SCOPE);
  return meter.constructor === createNoopMeter().constructor ? undefined : meter;
}
