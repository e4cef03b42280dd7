// The table of the first page: what a user decides by.

import type { Measured as Distant } from "../latency/table.ts";
import { median } from "../requests/median.ts";
import { POOLED_READS } from "../requests/mode.ts";
import type { Round } from "../requests/round.ts";
import type { Measured } from "../requests/table.ts";
import { NAMES, type SystemId } from "../system.ts";

/** What the table is made of, as the parts write it beside their reports. */
export interface HeadlineFigures {
  readonly requests: {
    readonly tables: readonly { readonly title: string; readonly measured: readonly Measured[] }[];
  };
  readonly latency: { readonly measured: readonly Distant[] };
}

const COLUMNS: readonly (readonly [id: SystemId, title: string])[] = [
  ["node", "Rowhouse"],
  ["recipe", "usual recipe"],
  ["pg", "session `SET` (pg pool)"],
  ["drizzleOrm", "Drizzle, `pgSchema()`"],
];

/** Writes the table, of medians. */
export function formatHeadline({ requests, latency }: HeadlineFigures): string {
  const reads = requests.tables.find(({ title }) => title === POOLED_READS.title)?.measured ?? [];
  const row = (title: string, cell: (id: SystemId) => string): readonly string[] => [
    title,
    ...COLUMNS.map(([id]) => cell(id)),
  ];
  const roundsOf = (id: SystemId): readonly Round[] =>
    reads.find(({ name }) => name === NAMES[id])?.rounds ?? [];
  const of = (id: SystemId, figure: keyof Round): string =>
    whole(median(roundsOf(id).map((round) => round[figure])));
  const sum = (id: SystemId, figure: "right" | "foreign"): number =>
    roundsOf(id).reduce((total, round) => total + round[figure], 0);
  const far = (id: SystemId): Distant | undefined => latency.measured.find((one) => one.id === id);
  const p50 = (id: SystemId, ms: number): string => {
    const times = far(id)?.rounds.filter(({ roundTripMs }) => roundTripMs === ms) ?? [];
    return `${median(times.map(({ p50Ms }) => p50Ms)).toFixed(ms < 5 ? 1 : 0)} ms`;
  };
  const rows = [
    ["reads of single keys through PgBouncer", ...COLUMNS.map(([, title]) => title)],
    ["---", ...COLUMNS.map(() => "---:")],
    row("p50, the database beside the service", (id) => p50(id, 0)),
    row("p50, the database 5 ms away", (id) => p50(id, 5)),
    row("p50, the database 25 ms away", (id) => p50(id, 25)),
    row("answers with another tenant's value", (id) => {
      const foreign = sum(id, "foreign");
      return `${whole(foreign)} of ${whole(foreign + sum(id, "right"))}`;
    }),
    row("PostgreSQL's CPU time for a read, µs", (id) => of(id, "postgresUs")),
    row("the service's CPU time for a read, µs", (id) => of(id, "serviceUs")),
    row("requests/s; all parts share two cores", (id) => of(id, "requestsPerSecond")),
  ];
  return rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function whole(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 0 });
}
