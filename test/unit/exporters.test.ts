// What the variables of OpenTelemetry's specification ask for.

import { expect } from "chai";
import { type Exporters, readExporters } from "../../src/runtime/otel-environment.ts";
import { ConfigError } from "../../src/environment.ts";

const OFF = { port: undefined, host: "127.0.0.1" };
const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };
const EVERY_MINUTE = { intervalMs: 60_000, timeoutMs: 30_000 };

const nothing: Exporters = {
  traces: false,
  metrics: undefined,
  prometheus: undefined,
  propagates: true,
};

describe("readExporters()", () => {
  const asked: readonly [what: string, env: Record<string, string>, Exporters | undefined][] = [
    ["nothing for no variable", {}, undefined],
    ["nothing for a name alone", { OTEL_SERVICE_NAME: "shop" }, undefined],
    ["nothing for empty texts", { OTEL_TRACES_EXPORTER: "", OTEL_METRICS_EXPORTER: "" }, undefined],
    ["both signals for an endpoint", ENDPOINT, { ...nothing, traces: true, metrics: EVERY_MINUTE }],
    [
      "traces alone for their endpoint",
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4318/v1/traces" },
      { ...nothing, traces: true },
    ],
    [
      "metrics alone where traces are none",
      { ...ENDPOINT, OTEL_TRACES_EXPORTER: "none" },
      { ...nothing, metrics: EVERY_MINUTE },
    ],
    [
      "traces by name, without an endpoint",
      { OTEL_TRACES_EXPORTER: "otlp", OTEL_PROPAGATORS: "none" },
      { ...nothing, traces: true, propagates: false },
    ],
    [
      "Prometheus on the specification's port, beside OTLP",
      { OTEL_METRICS_EXPORTER: "otlp, prometheus", OTEL_METRIC_EXPORT_INTERVAL: "5000" },
      {
        ...nothing,
        metrics: { intervalMs: 5000, timeoutMs: 5000 },
        prometheus: { host: "127.0.0.1", port: 9464, portOption: "OTEL_EXPORTER_PROMETHEUS_PORT" },
      },
    ],
    [
      "Prometheus where the specification's variables say",
      {
        OTEL_METRICS_EXPORTER: "prometheus",
        OTEL_EXPORTER_PROMETHEUS_HOST: "127.0.0.2",
        OTEL_EXPORTER_PROMETHEUS_PORT: "9000",
      },
      {
        ...nothing,
        prometheus: { host: "127.0.0.2", port: 9000, portOption: "OTEL_EXPORTER_PROMETHEUS_PORT" },
      },
    ],
    ["nothing when disabled", { ...ENDPOINT, OTEL_SDK_DISABLED: "true" }, undefined],
  ];
  for (const [what, env, exporters] of asked) {
    it(`readExporters() gives ${what}`, () => {
      expect(readExporters(env, OFF)).to.deep.equal(exporters);
    });
  }

  it("readExporters() gives Prometheus alone for METRICS_PORT", () => {
    expect(readExporters({}, { port: 9100, host: "0.0.0.0" })).to.deep.equal({
      ...nothing,
      prometheus: { host: "0.0.0.0", port: 9100, portOption: "METRICS_PORT" },
    });
  });

  const refused: readonly [env: Record<string, string>, problem: string][] = [
    [
      { OTEL_TRACES_EXPORTER: "zipkin" },
      'Cannot read OTEL_TRACES_EXPORTER: "zipkin" is not one of otlp, none',
    ],
    [
      { OTEL_METRICS_EXPORTER: "otlp,console" },
      'Cannot read OTEL_METRICS_EXPORTER: "console" is not one of otlp, prometheus, none',
    ],
    [
      { ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
      'Cannot read OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" is not supported; write http/protobuf',
    ],
    [
      { ...ENDPOINT, OTEL_METRIC_EXPORT_INTERVAL: "often" },
      'Cannot read OTEL_METRIC_EXPORT_INTERVAL: "often" is not a whole number from 1 to 86400000',
    ],
  ];
  for (const [env, problem] of refused) {
    it(`readExporters() throws ${problem}`, () => {
      expect(() => readExporters(env, OFF)).to.throw(ConfigError, problem);
    });
  }

  it("readExporters() takes a signal's protocol before the one for all", () => {
    const env = {
      OTEL_TRACES_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf",
    };
    expect(readExporters(env, OFF)?.traces).to.equal(true);
  });
});
