// Loads OpenTelemetry's SDK on Node, but only when the environment asks for it.

import { metrics, propagation, trace } from "@opentelemetry/api";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import { ConfigError } from "../environment.ts";
import type { Log } from "../log.ts";
import { createReport } from "../report.ts";
import { createTelemetry, type Telemetry } from "../telemetry/telemetry.ts";
import { type Exporters, type MetricsAddress, readExporters } from "./otel-environment.ts";

// The longest time that the process waits for a collector before it ends.
const FLUSH_MS = 2000;

// The packages that loadSdk loads, optional peers in package.json. All are of one release; npm would otherwise install
// several versions of each.
const SDK_PACKAGES = [
  "@opentelemetry/core@2.12.0",
  "@opentelemetry/resources@2.12.0",
  "@opentelemetry/sdk-metrics@2.12.0",
  "@opentelemetry/sdk-trace-base@2.12.0",
  "@opentelemetry/exporter-metrics-otlp-proto@0.223.0",
  "@opentelemetry/exporter-prometheus@0.223.0",
  "@opentelemetry/exporter-trace-otlp-proto@0.223.0",
];

/** Telemetry with its exporters; made by {@link openTelemetry}, whose caller must close it. */
export interface NodeTelemetry {
  /** The option of `createTenancy`; undefined when nothing is exported. */
  readonly telemetry: Telemetry | undefined;
  /** Sends the remaining spans and metrics, for at most two seconds. Never rejects. */
  close(): Promise<void>;
}

/** The part of the configuration that {@link openTelemetry} takes. */
export interface TelemetrySettings extends MetricsAddress {
  /** How many tenants the metrics name. */
  readonly maxTenants: number;
}

/**
 * Registers the SDK with the exporters that `env` asks for: OTLP over HTTP with the `OTEL_…` variables, Prometheus
 * with METRICS_PORT. When the process has registered an SDK before, that one is used, and reads the same variables.
 * @param env the environment, as `process.env` has it
 * @throws {ConfigError} for a variable that cannot be read, a port that is in use, packages that are missing
 * @example
 * ```ts
 * import process from "node:process";
 * import { createLog } from "rowhouse";
 * import { createLineWriter, openTelemetry } from "rowhouse/node";
 *
 * const settings = { port: undefined, host: "127.0.0.1", maxTenants: 100 };
 * export const exporting = await openTelemetry(process.env, settings, createLog("info", createLineWriter()));
 * ```
 */
export async function openTelemetry(
  env: Readonly<Record<string, string | undefined>>,
  settings: TelemetrySettings,
  log: Log,
): Promise<NodeTelemetry> {
  const exporters = readExporters(env, settings);
  const create = (): Telemetry | undefined =>
    createTelemetry({ maxTenants: settings.maxTenants, log });
  const registered = create();
  if (registered !== undefined && settings.port !== undefined) {
    const problem = "the process has registered an OpenTelemetry SDK of its own";
    throw new ConfigError(`Cannot serve metrics: ${problem}; unset METRICS_PORT`);
  }
  if (registered !== undefined || exporters === undefined) {
    return { telemetry: registered, close: async () => {} };
  }
  const close = await register(exporters, log);
  return { telemetry: create(), close };
}

async function register(exporters: Exporters, log: Log): Promise<() => Promise<void>> {
  const sdk = await loadSdk();
  // Only through a report: the messages of exporters may hold addresses and headers.
  sdk.setGlobalErrorHandler(createReport(log, "export failed"));
  const resource = sdk
    .defaultResource()
    .merge(sdk.resourceFromAttributes({ "service.name": "rowhouse" }))
    .merge(sdk.detectResources({ detectors: [sdk.serviceInstanceIdDetector, sdk.envDetector] }));
  const closing: (() => Promise<void>)[] = [];
  if (exporters.traces) {
    const processor = new sdk.BatchSpanProcessor(new sdk.OTLPTraceExporter());
    const provider = new sdk.BasicTracerProvider({ resource, spanProcessors: [processor] });
    trace.setGlobalTracerProvider(provider);
    if (exporters.propagates) {
      propagation.setGlobalPropagator(new sdk.W3CTraceContextPropagator());
    }
    closing.push(() => provider.shutdown());
  }
  const readers: IMetricReader[] = [];
  if (exporters.metrics !== undefined) {
    readers.push(
      new sdk.PeriodicExportingMetricReader({
        exporter: new sdk.OTLPMetricExporter(),
        exportIntervalMillis: exporters.metrics.intervalMs,
        exportTimeoutMillis: exporters.metrics.timeoutMs,
      }),
    );
  }
  if (exporters.prometheus !== undefined) {
    const exporter = sdk.createPrometheusExporter();
    readers.push(exporter);
    await sdk.serveMetrics(exporter, exporters.prometheus);
    const { host, port } = exporters.prometheus;
    log.write("info", "metrics", { host, port });
  }
  if (readers.length > 0) {
    const provider = new sdk.MeterProvider({ resource, readers });
    metrics.setGlobalMeterProvider(provider);
    closing.push(() => provider.shutdown());
  }
  return async () => {
    const closed = Promise.allSettled(closing.map((close) => close()));
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, FLUSH_MS))]);
  };
}

/** Loads the packages, and the file of this folder that needs them. */
async function loadSdk() {
  try {
    const [core, resources, traces, metrics, toTraces, toMetrics, prometheus] = await Promise.all([
      import("@opentelemetry/core"),
      import("@opentelemetry/resources"),
      import("@opentelemetry/sdk-trace-base"),
      import("@opentelemetry/sdk-metrics"),
      import("@opentelemetry/exporter-trace-otlp-proto"),
      import("@opentelemetry/exporter-metrics-otlp-proto"),
      import("./prometheus.ts"),
    ]);
    return {
      ...core,
      ...resources,
      ...traces,
      ...metrics,
      ...toTraces,
      ...toMetrics,
      ...prometheus,
    };
  } catch (error) {
    if (!(error instanceof Error) || Reflect.get(error, "code") !== "ERR_MODULE_NOT_FOUND") {
      throw error;
    }
    throw new ConfigError(
      `Cannot export telemetry: its packages are not installed; run npm install ${SDK_PACKAGES.join(" ")}`,
    );
  }
}
