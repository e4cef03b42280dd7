// Spans and metrics of requests and messages, through OpenTelemetry's API alone: an application installs an SDK,
// or runs on a runtime that has one. Whether there is one is found out once; without one nothing is done.
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

/** What {@link createTelemetry} may be told. */
export interface TelemetryOptions {
  /** How many tenants have a name in the metrics; 100 when left out. */
  readonly maxTenants?: number;
  /** Where failures of the SDK are written, at most one line a minute. */
  readonly log?: Log;
}

/** Observes requests; made by {@link createTelemetry}, and handed to `createTenancy`. */
export interface Telemetry extends Observer {
  /** Adds the metrics of a database's connections: how many there are, and how many messages wait for one. */
  observe(database: OpenDatabase): void;
}

/**
 * Connects a tenancy to the installed OpenTelemetry SDK. Call it once, after the SDK was registered. A server
 * span that a runtime or an instrumentation has begun is completed instead of doubled. Of a request whose proxy
 * is trusted, the incoming `traceparent` is continued; any other request begins a trace of its own, linked to the
 * incoming one, because a client must not decide what is sampled.
 * @returns undefined when no SDK is installed; requests then pay nothing
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
