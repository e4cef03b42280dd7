// Reads which exporters the environment asks for, from the variables of OpenTelemetry's specification. The SDK itself
// reads the others, such as OTEL_SERVICE_NAME and OTEL_EXPORTER_OTLP_HEADERS.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/

import { ConfigError, parseInteger } from "../environment.ts";

/** The exporters to start, and the address for a scraper. */
export interface Exporters {
  /** Whether spans are sent by OTLP. */
  readonly traces: boolean;
  /** How often metrics are sent by OTLP; undefined when they are not. */
  readonly metrics: { readonly intervalMs: number; readonly timeoutMs: number } | undefined;
  /** Where metrics are served for Prometheus, and the variable that sets the port; undefined when they are not. */
  readonly prometheus:
    { readonly host: string; readonly port: number; readonly portOption: string } | undefined;
  /** Whether a request continues the trace of its `traceparent`. */
  readonly propagates: boolean;
}

/** The address that serves metrics; without a port, OpenTelemetry's own variables decide. */
export interface MetricsAddress {
  readonly port: number | undefined;
  readonly host: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const PROTOCOL = "http/protobuf";

/**
 * Reads the variables of the exporters.
 * @param env names to texts; an empty text counts as unset
 * @returns undefined when nothing is exported
 * @throws {ConfigError} for an exporter or a protocol that the service does not have
 */
export function readExporters(env: Environment, address: MetricsAddress): Exporters | undefined {
  if (env["OTEL_SDK_DISABLED"]?.toLowerCase() === "true") return undefined;
  const traces = list(env, "TRACES", ["otlp"]).includes("otlp");
  const named = list(env, "METRICS", ["otlp", "prometheus"]);
  const metrics = named.includes("otlp");
  if (traces) checkProtocol(env, "TRACES");
  if (metrics) checkProtocol(env, "METRICS");
  const served = named.includes("prometheus") || address.port !== undefined;
  if (!traces && !metrics && !served) return undefined;
  const intervalMs = milliseconds(env, "OTEL_METRIC_EXPORT_INTERVAL", 60_000);
  const timeoutMs = milliseconds(env, "OTEL_METRIC_EXPORT_TIMEOUT", 30_000);
  return {
    traces,
    metrics: metrics ? { intervalMs, timeoutMs: Math.min(intervalMs, timeoutMs) } : undefined,
    prometheus: served ? prometheus(env, address) : undefined,
    propagates: (env["OTEL_PROPAGATORS"] || "tracecontext").split(",").includes("tracecontext"),
  };
}

/** The exporters that a signal's variable names; when it is unset, OTLP if the environment has an endpoint. */
function list(env: Environment, signal: string, known: readonly string[]): readonly string[] {
  const name = `OTEL_${signal}_EXPORTER`;
  const text = env[name];
  if (!text) {
    const endpoint =
      env["OTEL_EXPORTER_OTLP_ENDPOINT"] || env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`];
    return endpoint ? ["otlp"] : [];
  }
  const named = text.split(",").map((part) => part.trim());
  for (const one of named) {
    if (one !== "none" && !known.includes(one)) {
      throw new ConfigError(
        `Cannot read ${name}: "${one}" is not one of ${[...known, "none"].join(", ")}`,
      );
    }
  }
  return named.includes("none") ? [] : named;
}

function checkProtocol(env: Environment, signal: string): void {
  for (const name of [
    `OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`,
    "OTEL_EXPORTER_OTLP_PROTOCOL",
  ] as const) {
    const protocol = env[name];
    if (!protocol) continue;
    if (protocol === PROTOCOL) return;
    throw new ConfigError(`Cannot read ${name}: "${protocol}" is not supported; write ${PROTOCOL}`);
  }
}

function prometheus(
  env: Environment,
  address: MetricsAddress,
): NonNullable<Exporters["prometheus"]> {
  const portOption = address.port === undefined ? "OTEL_EXPORTER_PROMETHEUS_PORT" : "METRICS_PORT";
  const port = address.port ?? number(env, portOption, 9464, [1, 65_535]);
  return { port, host: env["OTEL_EXPORTER_PROMETHEUS_HOST"] || address.host, portOption };
}

function milliseconds(env: Environment, name: string, fallback: number): number {
  return number(env, name, fallback, [1, 86_400_000]);
}

function number(
  env: Environment,
  name: string,
  fallback: number,
  [min, max]: readonly [number, number],
): number {
  try {
    return parseInteger(env[name] || String(fallback), min, max);
  } catch (error) {
    throw new ConfigError(`Cannot read ${name}: ${error instanceof Error ? error.message : ""}`);
  }
}
