// OpenTelemetry's own SDK in this process, kept in memory: what a backend would be sent.

import { metrics, propagation, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  type CollectionResult,
  type MetricData,
  MeterProvider,
  MetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

/** One number of a metric: a histogram's count, or a sum. */
export interface Point {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: number;
}

/** The SDK as it is registered. Whoever opened it closes it. */
export interface TelemetrySdk {
  /** The spans that have ended, in that order. */
  spans(): readonly ReadableSpan[];
  /** All metrics by name. */
  collect(): Promise<ReadonlyMap<string, MetricData>>;
  /** The points of a metric; none when there is no such metric. */
  points(name: string): Promise<readonly Point[]>;
  /** Forgets the spans; metrics go on counting. */
  clear(): void;
  /** Takes it out of the API: there is none from then on. */
  close(): Promise<void>;
}

class Reader extends MetricReader {
  protected async onShutdown(): Promise<void> {}
  protected async onForceFlush(): Promise<void> {}
}

/** Registers the SDK. Telemetry that is made from now on uses it. */
export function openTelemetrySdk(
  parts: { traces?: boolean; metrics?: boolean; sampler?: Sampler } = {},
): TelemetrySdk {
  const exporter = new InMemorySpanExporter();
  const tracers = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
    ...(parts.sampler === undefined ? {} : { sampler: parts.sampler }),
  });
  const reader = new Reader();
  const meters = new MeterProvider({ readers: [reader] });
  if (parts.traces ?? true) {
    trace.setGlobalTracerProvider(tracers);
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  }
  if (parts.metrics ?? true) metrics.setGlobalMeterProvider(meters);
  const collect = async (): Promise<ReadonlyMap<string, MetricData>> => {
    const { resourceMetrics }: CollectionResult = await reader.collect();
    const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    return new Map(all.map((metric) => [metric.descriptor.name, metric]));
  };
  return {
    spans: () => exporter.getFinishedSpans(),
    collect,
    async points(name) {
      const found = (await collect()).get(name);
      return (found?.dataPoints ?? []).map(({ attributes, value }) => ({
        attributes,
        value: typeof value === "number" ? value : value.count,
      }));
    },
    clear: () => exporter.reset(),
    async close() {
      trace.disable();
      metrics.disable();
      propagation.disable();
      await Promise.all([tracers.shutdown(), meters.shutdown()]);
    },
  };
}
