// What more tenants cost: 10 to 10,000 of them, each number on a PostgreSQL and a PgBouncer of its own, so
// that rounds of load take turns on one machine.

import { LIFETIMES, type Lifetime, measureLifetimes } from "../growth/lifetime.ts";
import { drawCharts, formatTables, type Grown, judge } from "../growth/report.ts";
import { openSize, type Size, TRAFFICS } from "../growth/size.ts";
import { measureVerbs } from "../growth/verbs.ts";
import type { Part, PartContext } from "../part.ts";

const SIZES = [10, 100, 1000, 10_000] as const;
const QUICK_SIZES = [10, 1000] as const;
// Every server connection meets most tenants in so many requests for each of them.
const WARM_UP_REQUESTS = 20;
const WARM_UP_SECONDS = { least: 2, most: 90, quick: 6 };

/** Throughput, latency, memory, catalogs and verbs, by the number of tenants. */
export const growth: Part = {
  name: "growth",
  async run(context) {
    const { options, say } = context;
    const opened: Size[] = [];
    for (const tenants of options.quick ? QUICK_SIZES : SIZES) {
      opened.push(await openSize(tenants, context));
    }
    const warmUps = await warmUp(opened, context);
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const traffic of TRAFFICS) {
        for (const { rounds, load } of opened) {
          rounds[traffic].push(await load(traffic, options.seconds));
        }
      }
      say(`round ${round}/${options.rounds}`);
    }
    const largest = opened.at(-1);
    const lifetimes: readonly Lifetime[] =
      options.quick || largest === undefined ? [] : await measureLifetimes(largest, say);
    const sizes: Grown[] = [];
    for (const { stage, tenants, rounds, backend, catalogMiB } of opened) {
      const verbs = await measureVerbs(stage.adminUrl, context.signal);
      sizes.push({ tenants, rounds, backend, catalogMiB, verbs });
      say(`the verbs with ${tenants} tenants`);
    }
    return {
      title: "More tenants",
      markdown:
        `One table with 20 keys a tenant; reads of single keys by Rowhouse on Node through PgBouncer, ${options.clients} ` +
        `clients, ${options.rounds} rounds of ${options.seconds} s in turns after ${warmUps} s to warm up: medians. ` +
        "Uniform: all tenants alike. Zipf: the tenant of rank r asks 1/r as often as the first.\n\n" +
        formatTables(sizes, lifetimes),
      charts: drawCharts(sizes, lifetimes),
      figures: { sizes, lifetimes, pools: LIFETIMES },
      ...judge(sizes),
    };
  },
};

/** @returns how long it took for each size, in seconds */
async function warmUp(sizes: readonly Size[], { options, say }: PartContext): Promise<string> {
  const seconds: number[] = [];
  for (const { tenants, load } of sizes) {
    const first = await load("uniform", WARM_UP_SECONDS.least);
    const wanted = Math.ceil((tenants * WARM_UP_REQUESTS) / first.requestsPerSecond);
    const rest = Math.min(options.quick ? WARM_UP_SECONDS.quick : WARM_UP_SECONDS.most, wanted);
    await load("uniform", rest);
    await load("zipf", WARM_UP_SECONDS.least);
    seconds.push(2 * WARM_UP_SECONDS.least + rest);
    say(`${tenants} tenants are warm`);
  }
  return seconds.join(", ");
}
