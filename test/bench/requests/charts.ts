// The reads through PgBouncer as a chart: how many each system answers, and whose answers are wrong.

import { barChart } from "../report/chart.ts";
import type { Chart } from "../part.ts";
import { NAMES } from "../system.ts";
import { median } from "./median.ts";
import type { Round } from "./round.ts";
import type { Measured } from "./table.ts";

// HTTP alone answers ten times as often as the rest, and a Worker logs in for each request: beside these
// two the other bars would all look alike. The tables have them.
const LEFT_OUT: ReadonlySet<string> = new Set([NAMES.http, NAMES.worker]);

const TITLE = "Requests per second, reads of single keys through PgBouncer";

/** Draws the medians. */
export function drawRequests(table: readonly Measured[]): Chart {
  const groups = table
    .filter(({ name }) => !LEFT_OUT.has(name))
    .map(({ name, rounds }) => {
      const foreign = foreignPercent(rounds);
      const text = name.replaceAll("`", "");
      return {
        label: foreign > 0 ? `${text} (${foreign.toFixed(0)} % foreign)` : text,
        values: [Math.round(median(rounds.map((round) => round.requestsPerSecond)))],
        isWarning: foreign > 0,
      };
    });
  const svg = barChart({ title: TITLE, unit: "", series: ["requests/s"], groups });
  return { file: "requests.svg", title: TITLE, svg };
}

/** The share of a system's answers that belong to other tenants. */
function foreignPercent(rounds: readonly Round[]): number {
  const sum = (figure: "right" | "foreign"): number =>
    rounds.reduce((total, round) => total + round[figure], 0);
  const foreign = sum("foreign");
  return foreign === 0 ? 0 : (foreign / (sum("right") + foreign)) * 100;
}
