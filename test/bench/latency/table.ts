// What distance costs, as a table and a chart, and against the bar.

import { atMost, type Bar } from "../report/bar.ts";
import { barChart } from "../report/chart.ts";
import type { Chart } from "../part.ts";
import type { SystemId } from "../system.ts";

/** How long a round trip to the database takes, in milliseconds, beside what this machine takes itself. */
export const ROUND_TRIPS_MS = [0, 5, 25] as const;
/** The distance that counts. */
export const FAR_MS = 25;
// A warm read against one turn of bare sockets.
const BAR = 1.06;

// A Worker opens a connection for each request: TCP's handshake, the startup packet, two messages of SCRAM.
const WARM_TURNS: Partial<Record<SystemId, number>> = { node: 1, deno: 1, worker: 5 };

/** One stretch of load. */
export interface Round {
  readonly roundTripMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Values of other tenants, and answers that were errors. */
  readonly wrong: number;
}

/** One system; `turn` is the floor. */
export interface Measured {
  readonly id: SystemId | "turn";
  readonly name: string;
  /** Per request, when one comes after the other. */
  readonly turns: number;
  readonly rounds: Round[];
}

/** What was not as it must be, and the bars. */
export function judge(measured: readonly Measured[]): {
  readonly failures: readonly string[];
  readonly bars: readonly Bar[];
} {
  const floor = p50At(measured, "turn", FAR_MS);
  const failures: string[] = [];
  const bars: Bar[] = [];
  for (const { id, name, turns, rounds } of measured) {
    const most = id === "turn" ? undefined : WARM_TURNS[id];
    if (most === undefined) continue;
    const wrong = rounds.reduce((sum, round) => sum + round.wrong, 0);
    if (wrong > 0) failures.push(`${name}, far away: ${wrong} wrong answers`);
    if (turns > most) failures.push(`${name}: ${turns.toFixed(1)} turns a request`);
    if (most > 1) continue;
    const value = p50At(measured, id, FAR_MS) / floor;
    bars.push(atMost(`${name}: p50 at ${FAR_MS} ms, times one turn`, { limit: BAR, value }));
  }
  return { failures, bars };
}

/** Writes the table: medians over the rounds. */
export function formatTable(measured: readonly Measured[]): string {
  const floor = p50At(measured, "turn", FAR_MS);
  const ways = ROUND_TRIPS_MS.map((ms) => `p50 at ${ms} ms`);
  const head = [
    "system",
    "turns/request",
    ...ways,
    `p99 at ${FAR_MS} ms`,
    `p50 at ${FAR_MS} ms / one turn`,
  ];
  const rows = measured.map(({ id, name, turns, rounds }) => [
    name,
    turns.toFixed(1),
    ...ROUND_TRIPS_MS.map((ms) => p50At(measured, id, ms).toFixed(1)),
    median(rounds.filter((round) => round.roundTripMs === FAR_MS).map((r) => r.p99Ms)).toFixed(1),
    (p50At(measured, id, FAR_MS) / floor).toFixed(2),
  ]);
  const line = head.map((_, index) => (index === 0 ? "---" : "---:"));
  return [head, line, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Draws the medians. */
export function drawLatency(measured: readonly Measured[]): Chart {
  const title = "Time of a read, by the distance to the database";
  const svg = barChart({
    title,
    unit: "ms",
    series: ROUND_TRIPS_MS.map((ms) => `${ms} ms there and back`),
    groups: measured.map(({ id, name }) => ({
      label: name.replaceAll("`", ""),
      values: ROUND_TRIPS_MS.map((ms) => p50At(measured, id, ms)),
    })),
  });
  return { file: "latency.svg", title, svg };
}

function p50At(measured: readonly Measured[], id: Measured["id"], roundTripMs: number): number {
  const rounds = measured.find((one) => one.id === id)?.rounds ?? [];
  return median(rounds.filter((r) => r.roundTripMs === roundTripMs).map(({ p50Ms }) => p50Ms));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
