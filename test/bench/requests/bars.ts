// The bars that a release has to meet, each read from the table of reads through PgBouncer.

import { median } from "./median.ts";
import type { Round } from "./round.ts";
import type { Measured } from "./table.ts";
import { NAMES } from "../system.ts";

/** One bar. */
export interface Bar {
  readonly about: string;
  /** Such as "at most 1.25". */
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
}

type Figure = "serviceUs" | "postgresUs" | "requestsPerSecond";

/**
 * Judges the medians of a table that has Rowhouse on Node, the recipe and the floors.
 * @param foreign answers of Rowhouse with another tenant's value, in all tables
 */
export function judgeBars(table: readonly Measured[], foreign: number): readonly Bar[] {
  const of = (name: string, figure: Figure): number => {
    const rounds: readonly Round[] = table.find((found) => found.name === name)?.rounds ?? [];
    return median(rounds.map((round) => round[figure]));
  };
  const own = (figure: Figure): number => of(NAMES.node, figure);
  const floor = of(NAMES.http, "serviceUs") + of(NAMES.driver, "serviceUs");
  const rivals = table
    .filter(({ name }) => !/^(?:Rowhouse|floor)/.test(name))
    .map(({ name }) => ({ name, rate: of(name, "requestsPerSecond") }))
    .toSorted((a, b) => b.rate - a.rate);
  const [best = { name: "none", rate: 0 }] = rivals;
  return [
    atMost("the service's CPU, times that of HTTP alone and driver alone", {
      limit: 1.25,
      value: own("serviceUs") / floor,
    }),
    // In one program both cost more than alone, where each has the processor's caches to itself.
    atMost("the same, times that of HTTP and driver in one program", {
      limit: 1.25,
      value: own("serviceUs") / of(NAMES.both, "serviceUs"),
    }),
    atMost("PostgreSQL's CPU, times that with the settings written out", {
      limit: 1.5,
      value: own("postgresUs") / of(NAMES.settings, "postgresUs"),
    }),
    // A loop keeps PostgreSQL busier than a service does, and each wake-up is cheaper then.
    atMost("the same, both sent by the driver's loop", {
      limit: 1.5,
      value: of(NAMES.driver, "postgresUs") / of(NAMES.settings, "postgresUs"),
    }),
    atLeast("requests/s, times those of the usual recipe", {
      limit: 3,
      value: own("requestsPerSecond") / of(NAMES.recipe, "requestsPerSecond"),
    }),
    atMost("the service's CPU, times that of the usual recipe", {
      limit: 1 / 3,
      value: own("serviceUs") / of(NAMES.recipe, "serviceUs"),
    }),
    atLeast(`requests/s, times those of the best other (${best.name})`, {
      limit: 1,
      value: own("requestsPerSecond") / best.rate,
    }),
    {
      about: "foreign values from Rowhouse, in all tables",
      wanted: "0",
      measured: String(foreign),
      met: foreign === 0,
    },
  ];
}

/** A Markdown table. */
export function formatBars(bars: readonly Bar[]): string {
  const rows = bars.map(
    ({ about, wanted, measured, met }) =>
      `| ${about} | ${wanted} | ${measured} | ${met ? "yes" : "**no**"} |`,
  );
  return ["| bar | wanted | measured | met |", "| --- | ---: | ---: | --- |", ...rows].join("\n");
}

interface Comparison {
  readonly limit: number;
  readonly value: number;
}

function atMost(about: string, { limit, value }: Comparison): Bar {
  return { about, wanted: `at most ${shown(limit)}`, measured: shown(value), met: value <= limit };
}

function atLeast(about: string, { limit, value }: Comparison): Bar {
  return { about, wanted: `at least ${shown(limit)}`, measured: shown(value), met: value >= limit };
}

function shown(value: number): string {
  return value.toFixed(2);
}
