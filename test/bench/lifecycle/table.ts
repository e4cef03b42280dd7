// The figures of ten thousand tenants as Markdown.

import { runCommands } from "../../support/server/commands.ts";
import type { VerbMeasure } from "./verb.ts";

/** Bytes in the product's database when all is done. */
export interface Sizes {
  readonly registry: string;
  readonly catalogs: string;
  readonly relations: string;
}

/** What was measured: of work in turns the verb's runs and the floor's seconds. */
export interface Figures {
  readonly tenants: number;
  readonly concurrency: number;
  readonly created: readonly [readonly VerbMeasure[], number];
  readonly migrated: readonly [readonly VerbMeasure[], number];
  readonly looks: Readonly<Record<string, readonly VerbMeasure[]>>;
  readonly sizes: Sizes;
}

/** Reads them. */
export async function readSizes(url: string): Promise<Sizes> {
  const sizeOf = (schema: string): string =>
    `(select pg_size_pretty(sum(pg_total_relation_size(c.oid))) from pg_class as c
       where relnamespace = '${schema}'::regnamespace and relkind in ('r', 'm'))`;
  const [sizes] = await runCommands<Sizes>(url, [
    `select ${sizeOf("rowhouse")} as registry, ${sizeOf("pg_catalog")} as catalogs,
       (select count(*)::text from pg_class) as relations`,
  ]);
  if (sizes === undefined) throw new Error("Cannot read sizes: no row");
  return sizes;
}

/** Writes the tables. */
export function formatFigures(figures: Figures): string {
  const { tenants, concurrency, created, migrated, looks, sizes } = figures;
  const work = (name: string, [runs, floor]: Figures["created"]): string => {
    const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
    const perTenant = (seconds * 1000) / tenants;
    return row(name, seconds, floor, `${perTenant.toFixed(2)} ms a tenant`, runs);
  };
  const row = (
    name: string,
    seconds: number,
    floor: number | undefined,
    note: string,
    runs: readonly VerbMeasure[],
  ): string => {
    const peak = Math.max(...runs.map((run) => run.peakMiB));
    const beside =
      floor === undefined ? ["–", "–"] : [seconds1(floor), (seconds / floor).toFixed(2)];
    return `| ${[name, seconds1(seconds), ...beside, note, `${peak.toFixed(0)} MiB`].join(" | ")} |`;
  };
  const lines = [
    `${tenants} tenants, ${concurrency} connections`,
    "",
    "| work | seconds | floor | ratio | | memory |",
    "| --- | ---: | ---: | ---: | --- | ---: |",
    work("create them all (add-tenants)", created),
    work("migrate them all by one version", migrated),
    ...Object.entries(looks).map(([name, runs]) => {
      const sorted = runs.map((run) => run.seconds).toSorted((a, b) => a - b);
      const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
      return row(name, median, undefined, `median of ${runs.length}`, runs);
    }),
    "",
    `Registry ${sizes.registry}, catalogs ${sizes.catalogs}, ${sizes.relations} relations`,
    "",
  ];
  return lines.join("\n");
}

function seconds1(seconds: number): string {
  return seconds.toFixed(seconds < 10 ? 2 : 1);
}
