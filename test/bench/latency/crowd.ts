// Many clients and a far database: what the distance leaves of the requests that the processor can answer. The proxy
// is in the way of both, so that its own time does not count.

import type { Distance } from "../../support/network/distance.ts";
import type { Comparison } from "../report/bar.ts";
import { type Load, runLoad } from "../load/load.ts";
import { median } from "../requests/median.ts";
import type { Target } from "../target.ts";
import { FAR_MS } from "./table.ts";

const CLIENTS = 200;
const BAR = 0.8;

/** One service under a crowd. */
export interface Crowded {
  readonly name: string;
  /** Requests per second of each round, near and far. */
  readonly near: readonly Load[];
  readonly far: readonly Load[];
}

/** What {@link measureCrowd} needs to know. */
export interface CrowdOptions {
  readonly targets: readonly { readonly name: string; readonly target: Target }[];
  readonly distance: Distance;
  readonly scriptFile: string;
  readonly seconds: number;
  readonly rounds: number;
  readonly signal: AbortSignal;
}

/** Measures services in turns, each near and far. */
export async function measureCrowd(options: CrowdOptions): Promise<readonly Crowded[]> {
  const { targets, distance, scriptFile, seconds, rounds, signal } = options;
  const crowded = targets.map(({ name, target }) => ({
    name,
    target,
    near: [] as Load[],
    far: [] as Load[],
  }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { target, near, far } of crowded) {
      for (const [delayMs, kept] of [
        [0, near],
        [FAR_MS / 2, far],
      ] as const) {
        if (round === 0 && delayMs > 0) continue;
        distance.delayMs = delayMs;
        const load = { port: target.port ?? 0, clients: CLIENTS, seconds, scriptFile, signal };
        const found = await runLoad(load);
        if (round > 0) kept.push(found); // the first one opens the connections, for both distances
      }
    }
  }
  distance.delayMs = 0;
  return crowded.map(({ name, near, far }) => ({ name, near, far }));
}

/** Writes the table. */
export function formatCrowd(crowded: readonly Crowded[]): string {
  const rows = crowded.map(({ name, near, far }) => [
    name,
    whole(rate(near)),
    whole(rate(far)),
    p50(near),
    p50(far),
    shareOf({ name, near, far }).toFixed(2),
  ]);
  const head = [
    `${CLIENTS} clients`,
    "requests/s at 0 ms",
    `requests/s at ${FAR_MS} ms`,
    "p50 at 0 ms",
    `p50 at ${FAR_MS} ms`,
    "share that is left",
  ];
  const line = head.map((_, index) => (index === 0 ? "---" : "---:"));
  return [head, line, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Judges the first service, which has the defaults. */
export function judgeCrowd([first]: readonly Crowded[]): {
  readonly failures: readonly string[];
  readonly bar: Comparison;
} {
  const rounds = [...(first?.near ?? []), ...(first?.far ?? [])];
  const wrong = rounds.reduce((sum, { foreign, errors }) => sum + foreign + errors, 0);
  const measured = first === undefined ? Number.NaN : shareOf(first);
  return {
    failures: wrong > 0 ? [`${CLIENTS} clients: ${wrong} wrong answers`] : [],
    bar: { limit: BAR, value: measured },
  };
}

function shareOf({ near, far }: Crowded): number {
  return rate(far) / rate(near);
}

function rate(loads: readonly Load[]): number {
  return median(loads.map(({ requestsPerSecond }) => requestsPerSecond));
}

function p50(loads: readonly Load[]): string {
  return median(loads.map(({ p50Ms }) => p50Ms)).toFixed(1);
}

function whole(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 0 });
}
