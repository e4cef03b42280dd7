// Keeps the last hour of the services' traffic. It scrapes each metrics endpoint every two seconds, and keeps the
// difference as one point.

import { setTimeout } from "node:timers/promises";
import type { ServiceState, Traffic, TrafficEvent, TrafficPoint } from "../api.ts";
import { createComparer, type Delta, type Reading } from "./delta.ts";
import { findHeaviest, makePoint } from "./point.ts";
import { scrape, ScrapeError } from "./scrape.ts";

/** The traffic of the watched endpoints. */
export interface TrafficWatch {
  read(): Traffic;
  services(): readonly ServiceState[];
  /** Starts no more scrapes, and waits for the running ones. */
  close(): Promise<void>;
}

/** The options of {@link watchTraffic}. */
export interface WatchOptions {
  /** The interval between two scrapes; 2000 when left out. */
  readonly intervalMs?: number;
  /** Receives each point, with the services and the heaviest tenants. */
  readonly tell: (event: TrafficEvent) => void;
}

interface Watched {
  state: ServiceState;
  readonly look: (signal: AbortSignal) => Promise<Reading | undefined>;
}

const INTERVAL_MS = 2000;
const KEPT_MS = 3_600_000;
const HEAVY_MS = 60_000;

/** Starts to scrape. The caller closes it. */
export function watchTraffic(
  urls: readonly string[],
  { intervalMs = INTERVAL_MS, tell }: WatchOptions,
): TrafficWatch {
  const watched = urls.map(watchService);
  const services = (): readonly ServiceState[] => watched.map(({ state }) => state);
  const points: TrafficPoint[] = [];
  const recent: { readonly at: number; readonly deltas: readonly Delta[] }[] = [];
  const stopping = new AbortController();
  const { signal } = stopping;

  const heaviest = (): Traffic["heaviest"] => {
    const first = recent[0];
    if (first === undefined) return [];
    const longest = Math.max(0, ...first.deltas.map(({ seconds }) => seconds));
    const span = ((recent.at(-1) ?? first).at - first.at) / 1000 + longest;
    return span > 0
      ? findHeaviest(
          recent.flatMap(({ deltas }) => deltas),
          span,
        )
      : [];
  };
  const look = async (): Promise<void> => {
    const readings = await Promise.all(watched.map((service) => service.look(signal)));
    const found = readings.filter((reading) => reading !== undefined);
    const deltas = found.flatMap(({ delta }) => (delta && delta.seconds > 0 ? [delta] : []));
    if (signal.aborted) return;
    const at = Date.now();
    const gauges = found.map((reading) => reading.gauges);
    const point = deltas.length > 0 ? makePoint(at, deltas, gauges) : null;
    if (point !== null) {
      points.push(point);
      recent.push({ at, deltas });
    }
    while ((points[0]?.at ?? at) < at - KEPT_MS) points.shift();
    while ((recent[0]?.at ?? at) <= at - HEAVY_MS) recent.shift();
    tell({ point, services: services(), heaviest: heaviest() });
  };
  const run = async (): Promise<void> => {
    while (watched.length > 0 && !signal.aborted) {
      const started = performance.now();
      await look();
      const left = Math.max(0, intervalMs - (performance.now() - started));
      await setTimeout(left, undefined, { signal }).catch(() => {});
    }
  };
  const ended = run();
  return {
    read: () => ({ points, intervalMs, services: services(), heaviest: heaviest() }),
    services,
    async close() {
      stopping.abort();
      await ended;
    },
  };
}

function watchService(url: string): Watched {
  const comparer = createComparer();
  const service: Watched = {
    state: { url, state: "waiting", problem: null, at: null },
    async look(signal) {
      try {
        const text = await scrape(url, signal);
        const reading = comparer.read(text, performance.now());
        service.state = { url, state: "up", problem: null, at: new Date().toISOString() };
        return reading;
      } catch (error) {
        if (!(error instanceof ScrapeError)) throw error;
        service.state = { ...service.state, state: "down", problem: error.message };
        return undefined;
      }
    },
  };
  return service;
}
