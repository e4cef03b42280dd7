// The bars that are read from the table of reads through PgBouncer.

import { atLeast, atMost, type Bar } from "../report/bar.ts";
import { NAMES } from "../system.ts";
import { median } from "./median.ts";
import type { Round } from "./round.ts";
import type { Measured } from "./table.ts";

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
  const rivals = table
    .filter(({ name }) => !/^(?:Rowhouse|floor)/.test(name))
    .map(({ name }) => ({ name, rate: of(name, "requestsPerSecond") }))
    .toSorted((a, b) => b.rate - a.rate);
  const [best = { name: "none", rate: 0 }] = rivals;
  return [
    atMost("the service's CPU, times that of HTTP and driver in one program", {
      limit: 1.05,
      value: own("serviceUs") / of(NAMES.both, "serviceUs"),
    }),
    // A loop keeps PostgreSQL busier than a service does, and each wake-up is cheaper then.
    atMost("PostgreSQL's CPU, times that with the settings written out, both sent by one loop", {
      limit: 1.4,
      value: of(NAMES.driver, "postgresUs") / of(NAMES.settings, "postgresUs"),
    }),
    atLeast("requests/s, times those of the usual recipe", {
      limit: 1.75,
      value: own("requestsPerSecond") / of(NAMES.recipe, "requestsPerSecond"),
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
