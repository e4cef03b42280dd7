// Serves metrics in Prometheus format on a separate port, so that clients of the service cannot read them.

import { createServer, type Server } from "node:http";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import type { CollectionResult } from "@opentelemetry/sdk-metrics";
import { ConfigError } from "../environment.ts";
import type { Exporters } from "./otel-environment.ts";

// The OpenMetrics names of the units that the metrics have.
const SUFFIXES: Readonly<Record<string, string>> = { s: ".seconds" };

/**
 * The exporter with the unit at the end of each name, as the specification requires. Version 0.223 itself leaves the
 * unit out. https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
class Exporter extends PrometheusExporter {
  override async collect(
    ...options: Parameters<PrometheusExporter["collect"]>
  ): Promise<CollectionResult> {
    const { resourceMetrics, errors } = await super.collect(...options);
    const scopeMetrics = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
      scope,
      metrics: metrics.map((metric) => {
        const name = metric.descriptor.name + (SUFFIXES[metric.descriptor.unit] ?? "");
        return { ...metric, descriptor: { ...metric.descriptor, name } };
      }),
    }));
    return { resourceMetrics: { ...resourceMetrics, scopeMetrics }, errors };
  }
}

/** Creates an exporter that does not start a server itself. */
export function createPrometheusExporter(): PrometheusExporter {
  return new Exporter({ preventServerStart: true });
}

/**
 * Serves the exporter's metrics at `/metrics` until the process ends.
 * @throws {ConfigError} when the port is in use
 */
export function serveMetrics(
  exporter: PrometheusExporter,
  { host, port, portOption }: NonNullable<Exporters["prometheus"]>,
): Promise<Server> {
  const server = createServer((request, response) => {
    const found = request.method === "GET" && /^\/metrics(?:\?|$)/.test(request.url ?? "");
    if (found) exporter.getMetricsRequestHandler(request, response);
    else response.writeHead(404).end();
  });
  return new Promise((resolve, reject) => {
    server.on("error", (error: NodeJS.ErrnoException) => {
      const problem =
        error.code === "EADDRINUSE"
          ? `port ${port} on ${host} is in use; set ${portOption} to another`
          : `${host}:${port} failed with ${error.code ?? error.name}`;
      reject(new ConfigError(`Cannot serve metrics: ${problem}`));
    });
    server.listen(port, host, () => resolve(server));
  });
}
