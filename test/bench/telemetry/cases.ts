// The ways to have telemetry, and who listens to it meanwhile.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { findFreePort } from "../../support/network/free-port.ts";
import type { Openings } from "../part.ts";

/** One way. */
export interface Case {
  readonly name: string;
  /** False: nothing of it is loaded. */
  readonly present: boolean;
  readonly env: Readonly<Record<string, string>>;
}

const SCRAPE_INTERVAL_MS = 1000;

/** Absent, present without an SDK, and exporting. */
export async function listCases(openings: Openings): Promise<readonly Case[]> {
  const otlp = { OTEL_EXPORTER_OTLP_ENDPOINT: await openReceiver(openings) };
  const port = await findFreePort();
  const scraping = setInterval(() => void scrape(port), SCRAPE_INTERVAL_MS);
  openings.push(async () => clearInterval(scraping));
  const sampled = {
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.05",
  };
  return [
    { name: "absent", present: false, env: {} },
    { name: "present, no SDK", present: true, env: {} },
    { name: "Prometheus", present: true, env: { METRICS_PORT: String(port) } },
    { name: "OTLP: metrics, 5% of traces", present: true, env: { ...otlp, ...sampled } },
    { name: "OTLP: metrics, every trace", present: true, env: otlp },
  ];
}

async function scrape(port: number): Promise<void> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    await response.text();
  } catch {
    // It is not the turn of the one that serves metrics.
  }
}

/** Takes what is exported, and throws it away. */
async function openReceiver(openings: Openings): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  openings.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
