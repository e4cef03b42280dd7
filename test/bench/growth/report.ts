// What grows with the number of tenants, as tables and charts, and against the bar.

import { lineChart } from "../report/chart.ts";
import type { Traffic } from "../load/load-script.ts";
import type { Chart } from "../part.ts";
import { median } from "../requests/median.ts";
import type { Round } from "../requests/round.ts";
import type { Backend } from "./backend.ts";
import type { Lifetime } from "./lifetime.ts";
import type { Verbs } from "./verbs.ts";

/** All that was measured of one number of tenants. */
export interface Grown {
  readonly tenants: number;
  readonly rounds: Readonly<Record<Traffic, readonly Round[]>>;
  readonly backend: Backend;
  readonly catalogMiB: number;
  readonly verbs: Verbs;
}

// The most tenants against the fewest, with Zipf's traffic.
const BAR = 1.25;

/** What was not as it must be, and whether the bar was met. */
export function judge(sizes: readonly Grown[]): {
  readonly failures: readonly string[];
  readonly missed: readonly string[];
} {
  const failures = sizes.flatMap(({ tenants, rounds }) => {
    const all = [...rounds.uniform, ...rounds.zipf];
    const wrong = all.reduce((sum, { foreign, errors }) => sum + foreign + errors, 0);
    return wrong > 0 ? [`${tenants} tenants: ${wrong} wrong answers`] : [];
  });
  const [few, many] = [sizes[0], sizes.at(-1)];
  if (few === undefined || many === undefined) return { failures, missed: [] };
  const of = (size: Grown, figure: keyof Round): number => figureOf(size, "zipf", figure);
  const slower = {
    throughput: of(few, "requestsPerSecond") / of(many, "requestsPerSecond"),
    p50: of(many, "p50Ms") / of(few, "p50Ms"),
  };
  const missed = Object.entries(slower)
    .filter(([, times]) => times > BAR)
    .map(
      ([what, times]) =>
        `${what} with ${many.tenants} tenants is ${times.toFixed(2)} times worse than with ${few.tenants}`,
    );
  return { failures, missed };
}

/** Writes the tables. */
export function formatTables(sizes: readonly Grown[], lifetimes: readonly Lifetime[]): string {
  const traffic = sizes.flatMap((size) =>
    (["uniform", "zipf"] as const).map((kind) => {
      const of = (figure: keyof Round): number => figureOf(size, kind, figure);
      const times = [of("p50Ms"), of("p99Ms")].map(tenth);
      const cpu = [of("serviceUs"), of("pgbouncerUs"), of("postgresUs")].map(whole);
      return [whole(size.tenants), kind, whole(of("requestsPerSecond"))].concat(times, cpu);
    }),
  );
  const costs = sizes.map(({ tenants, backend, catalogMiB, verbs }) => {
    const each = (backend.fullKiB - backend.emptyKiB) / Math.max(1, tenants - 1);
    const { firstUs, laterUs, fullKiB, afterAddMs } = backend;
    const connection = [whole(firstUs), whole(laterUs), tenth(fullKiB / 1024), tenth(each)];
    const { addTenant, nothingToDo, migrateAll } = verbs;
    const seconds = [addTenant, nothingToDo, migrateAll].map((value) => value.toFixed(2));
    return [whole(tenants)].concat(connection, tenth(afterAddMs), tenth(catalogMiB), seconds);
  });
  const ages = lifetimes.map((found) => [
    String(found.poolSize),
    whole(found.lifetimeSeconds),
    whole(found.requestsPerSecond),
    tenth(found.p50Ms),
    tenth(found.p99Ms),
    whole(found.postgresUs),
    whole(found.largestMiB),
    whole(found.allMiB),
  ]);
  const parts = [
    table(
      "tenants,traffic,requests/s,p50 ms,p99 ms,service CPU µs,PgBouncer CPU µs,PostgreSQL CPU µs",
      traffic,
    ),
    "One server connection that meets every tenant, and the verbs from start to end:",
    table(
      "tenants,first message µs,later µs,memory MiB,KiB a tenant,after an added tenant ms,catalogs MiB,add-tenant s,migrate (nothing to do) s,migrate all s",
      costs,
    ),
  ];
  if (ages.length === 0) return parts.join("\n\n");
  const most = sizes.at(-1)?.tenants ?? 0;
  return [
    ...parts,
    `The pool and the age at which it closes a connection, with ${whole(most)} tenants and uniform traffic:`,
    table(
      "pool,server_lifetime s,requests/s,p50 ms,p99 ms,PostgreSQL CPU µs,largest connection MiB,all MiB",
      ages,
    ),
  ].join("\n\n");
}

/** Draws what a reader asks first: does it get slower, and what does a server connection keep. */
export function drawGrowth(sizes: readonly Grown[]): readonly Chart[] {
  const line = (of: (size: Grown) => number): (readonly [number, number])[] =>
    sizes.map((size) => [size.tenants, of(size)] as const);
  const rate = (kind: Traffic) => line((size) => figureOf(size, kind, "requestsPerSecond"));
  const reads = "Reads, by the number of tenants";
  const memory = "Memory of a server connection that has met every tenant";
  return [
    {
      file: "growth-throughput.svg",
      title: reads,
      svg: lineChart({
        title: reads,
        unit: "requests/s",
        lines: { "all tenants alike": rate("uniform"), "Zipf's law": rate("zipf") },
      }),
    },
    {
      file: "growth-memory.svg",
      title: memory,
      svg: lineChart({
        title: memory,
        unit: "MiB",
        isLog: true,
        lines: { "one connection": line(({ backend }) => backend.fullKiB / 1024) },
      }),
    },
  ];
}

function figureOf(size: Grown, traffic: Traffic, figure: keyof Round): number {
  return median(size.rounds[traffic].map((round) => round[figure]));
}

function table(head: string, rows: readonly (readonly string[])[]): string {
  const names = head.split(",");
  return [names, names.map(() => "---:"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function whole(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 0 });
}

function tenth(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 1 });
}
