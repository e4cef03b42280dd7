// What is asked of which systems, and how they reach PostgreSQL.

import type { Work } from "../load/load-script.ts";
import type { Way } from "../stage.ts";
import type { SystemId } from "../system.ts";

/** One table of the part. */
export interface Mode {
  readonly title: string;
  readonly work: Work;
  readonly way: Way;
  readonly systems: readonly SystemId[];
  /** The major version of Node that the services run on; that of the benchmark when left out. */
  readonly node?: string;
  /** Its share of the rounds that were asked for. */
  readonly share: number;
}

const OTHERS: readonly SystemId[] = ["recipe", "sequelize", "knex", "pg"];

const BUILDERS: readonly SystemId[] = ["tenantKysely", "tenantDrizzle", "kysely", "drizzleOrm"];

const FLOORS: readonly SystemId[] = ["http", "driver", "both", "socket", "settings"];

/** The table that the bars are read from: everything, reading single keys through PgBouncer. */
export const POOLED_READS: Mode = {
  title: "Reads of single keys through PgBouncer",
  work: "reads",
  way: "pooled",
  systems: ["node", "deno", "worker", "logged", ...BUILDERS, ...OTHERS, "drizzle", ...FLOORS],
  share: 1,
};

// The oldest Node that is promised.
const OLD_NODE = "20";

const READS_ON_OLD_NODE: Mode = {
  ...POOLED_READS,
  title: `The same on Node ${OLD_NODE}`,
  systems: ["node", "recipe", "pg", "both"],
  node: OLD_NODE,
  share: 0.5,
};

const POOLED_WRITES: Mode = {
  title: "Writes of single keys through PgBouncer",
  work: "writes",
  way: "pooled",
  systems: ["node", "deno", ...OTHERS],
  share: 0.5,
};

// Rowhouse, others of each kind, and what the bars are read from.
const QUICK: readonly SystemId[] = [
  "node",
  "recipe",
  "drizzleOrm",
  "pg",
  "both",
  "driver",
  "settings",
];

/** All tables; `quick` leaves out what costs most time and says least. */
export function listModes(quick: boolean): readonly Mode[] {
  if (quick) {
    return [
      { ...POOLED_READS, systems: QUICK },
      { ...POOLED_WRITES, systems: ["node", "recipe"] },
    ];
  }
  return [
    POOLED_READS,
    READS_ON_OLD_NODE,
    POOLED_WRITES,
    {
      title: "Batches of 50 new rows through PgBouncer",
      work: "batches",
      way: "pooled",
      systems: ["node", "deno", ...OTHERS],
      share: POOLED_WRITES.share,
    },
    {
      title: "Reads of single keys, straight to PostgreSQL",
      work: "reads",
      way: "direct",
      systems: ["node", "deno", ...OTHERS, "drizzle"],
      share: POOLED_WRITES.share,
    },
  ];
}
