// What more tenants cost: 10 to 10,000 of them, each number on a PostgreSQL and a PgBouncer of its own, so
// that rounds of load take turns on one machine.

import { LIFETIMES, type Lifetime, measureLifetimes } from "../growth/lifetime.ts";
import { drawGrowth, formatTables, type Grown, judge } from "../growth/report.ts";
import { openSize, type Size, TRAFFICS } from "../growth/size.ts";
import { measureVerbs } from "../growth/verbs.ts";
import type { Part } from "../part.ts";
import { POOL_SIZE } from "../stage.ts";

const SIZES = [10, 100, 1000, 10_000] as const;
const QUICK_SIZES = [10, 1000] as const;
const [QUICK_WARM_UP_SECONDS, WARM_UP_SECONDS] = [1, 2];
// Runs of each verb that has a median.
const [QUICK_REPEATS, REPEATS] = [1, 3];

/** Throughput, latency, memory, catalogs and verbs, by the number of tenants. */
export const growth: Part = {
  name: "growth",
  async run(context) {
    const { options, say } = context;
    const opened: Size[] = [];
    for (const tenants of options.quick ? QUICK_SIZES : SIZES) {
      opened.push(await openSize(tenants, context));
    }
    const warmUp = options.quick ? QUICK_WARM_UP_SECONDS : WARM_UP_SECONDS;
    for (const { load } of opened) await load("zipf", warmUp);
    const count = options.quick ? 1 : options.rounds;
    for (let round = 1; round <= count; round += 1) {
      for (const traffic of TRAFFICS) {
        for (const { rounds, load } of opened) {
          rounds[traffic].push(await load(traffic, options.seconds));
        }
      }
      say(`round ${round}/${count}`);
    }
    const largest = opened.at(-1);
    const lifetimes: readonly Lifetime[] =
      options.quick || largest === undefined ? [] : await measureLifetimes(largest, say);
    const repeats = options.quick ? QUICK_REPEATS : REPEATS;
    const sizes: Grown[] = [];
    for (const { stage, tenants, rounds, backend, catalogMiB } of opened) {
      const verbs = await measureVerbs(stage.adminUrl, repeats, context.signal);
      sizes.push({ tenants, rounds, backend, catalogMiB, verbs });
      say(`the verbs with ${tenants} tenants`);
    }
    return {
      title: "More tenants",
      markdown:
        `One table with 20 keys a tenant; reads of single keys by Rowhouse on Node through PgBouncer, ${options.clients} ` +
        `clients, ${options.rounds} rounds of ${options.seconds} s in turns, medians. Every server connection of the pool of ` +
        `${POOL_SIZE} has met every tenant before. ` +
        "Uniform: all tenants alike. Zipf: the tenant of rank r asks 1/r as often as the first.\n\n" +
        formatTables(sizes, lifetimes),
      charts: drawGrowth(sizes),
      figures: { sizes, lifetimes, pools: LIFETIMES },
      ...judge(sizes),
    };
  },
};
