// The reads through PgBouncer as charts: what each system answers, and what an answer costs.

import { barChart } from "../chart.ts";
import type { Chart } from "../part.ts";
import { NAMES } from "../system.ts";
import { median } from "./median.ts";
import type { Round } from "./round.ts";
import type { Measured } from "./table.ts";

// HTTP alone answers ten times as often as the rest, and a Worker logs in for each request: beside them
// nothing else could be told apart. The tables have them.
const LEFT_OUT: ReadonlySet<string> = new Set([NAMES.http, NAMES.worker]);

/** Draws them from the medians. */
export function drawCharts(table: readonly Measured[]): readonly Chart[] {
  const shown = table.filter(({ name }) => !LEFT_OUT.has(name));
  const draw = (figures: readonly (keyof Round)[]) =>
    shown.map(({ name, rounds }) => ({
      label: nameOf(name, rounds),
      values: figures.map((figure) => Math.round(median(rounds.map((round) => round[figure])))),
    }));
  return [
    {
      file: "requests.svg",
      svg: barChart({
        title: "Requests per second, reads of single keys through PgBouncer",
        description: "A bar for each system, the median over the rounds; more is better.",
        unit: "",
        series: ["requests/s"],
        groups: draw(["requestsPerSecond"]),
      }),
    },
    {
      file: "cpu.svg",
      svg: barChart({
        title: "CPU time per request, reads of single keys through PgBouncer",
        description:
          "For each system the time of the service, of PostgreSQL and of PgBouncer; less is better.",
        unit: "µs",
        series: ["service", "PostgreSQL", "PgBouncer"],
        groups: draw(["serviceUs", "postgresUs", "pgbouncerUs"]),
      }),
    },
  ];
}

/** The name, with how much of what it answers belongs to other tenants. */
function nameOf(name: string, rounds: readonly Round[]): string {
  const sum = (figure: "right" | "foreign"): number =>
    rounds.reduce((total, round) => total + round[figure], 0);
  const [right, foreign] = [sum("right"), sum("foreign")];
  const text = name.replaceAll("`", "");
  return foreign === 0
    ? text
    : `${text} (${((foreign / (right + foreign)) * 100).toFixed(0)} % foreign)`;
}
