// What distance costs: the same reads through a proxy before PgBouncer that makes the database 0, 5 and
// 25 ms away, there and back. Beside them stands one turn of bare sockets through the same proxy.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Distance, openDistance } from "../../support/network/distance.ts";
import { redirect } from "../../support/network/redirect.ts";
import { type Load, runLoad } from "../load/load.ts";
import { formatScript } from "../load/load-script.ts";
import type { Options } from "../options.ts";
import { hostOf, valueOf } from "../names.ts";
import type { Part, PartContext } from "../part.ts";
import { read } from "../program.ts";
import { openBenchStage } from "../stage.ts";
import { listSystems, ROLES, type System, type SystemId } from "../system.ts";
import type { Target } from "../target.ts";
import { atLeast, formatBars, listMissed } from "../report/bar.ts";
import { type Crowded, formatCrowd, judgeCrowd, measureCrowd } from "../latency/crowd.ts";
import {
  drawLatency,
  formatTable,
  judge,
  type Measured,
  ROUND_TRIPS_MS,
} from "../latency/table.ts";
import { measureTurn } from "../latency/turn.ts";

const TENANTS = 100;
const KEYS = 1000;
// Few enough that neither the proxy nor a queue for the processor is what is measured.
const CLIENTS = 8;
const COUNTED = 10;
const MORE = "192";
const WARM_UP_SECONDS = 1;

const FLOOR = `floor: one turn, ${CLIENTS} sockets`;

const QUICK: readonly SystemId[] = ["node", "deno", "recipe"];
const SLOW: readonly SystemId[] = ["worker"];
// Those that PgBouncer serves.
const ALL: readonly SystemId[] = [
  ...QUICK,
  ...SLOW,
  "sequelize",
  "kysely",
  "drizzleOrm",
  "knex",
  "pg",
];

/** Reads of single keys with a database that is far away. */
export const latency: Part = {
  name: "latency",
  async run(context) {
    const { measured, crowded } = await measure(context);
    const { seconds } = context.options;
    const { failures, bars } = judge(measured);
    const crowd = judgeCrowd(crowded);
    const all = [
      ...bars,
      atLeast("200 clients and the defaults: requests/s at 25 ms, times those at 0 ms", crowd.bar),
    ];
    return {
      title: "Distance to the database",
      markdown:
        `Reads of single keys, ${CLIENTS} clients, ${roundsOf(context.options)} rounds of ${seconds} s in turns, medians. A proxy between the ` +
        "service and PgBouncer makes a round trip take so much longer, half of it in each direction. A turn is what the " +
        "service sends at a stretch and the answer to it; opening a connection is one as well.\n\n" +
        formatTable(measured) +
        `\n\n### A crowd\n\n${formatCrowd(crowded)}\n\n### Bars of distance\n\n${formatBars(all)}`,
      charts: [drawLatency(measured)],
      figures: { measured, crowded, bars: all },
      failures: [...failures, ...crowd.failures],
      missed: listMissed(all),
    };
  },
};

async function measure(context: PartContext): Promise<{
  readonly measured: readonly Measured[];
  readonly crowded: readonly Crowded[];
}> {
  const { options, signal, openings, say } = context;
  const size = { tenants: TENANTS, keys: KEYS };
  const stage = await openBenchStage({ ...size, roles: ROLES, openings, signal });
  const distance = await openDistance(Number(new URL(stage.serviceUrl).port), 0);
  openings.push(() => distance.close());
  const far = (role: string): string => redirect(stage.url(role, "pooled"), distance.port);
  const scriptFile = await writeScript(context);
  const running = await startAll(context, listSystems(stage, size), far);
  const load = ({ port = 0 }: Target, seconds: number): Promise<Load> =>
    runLoad({ port, clients: CLIENTS, seconds, scriptFile, signal });
  const measured: Measured[] = [{ id: "turn", name: FLOOR, turns: 1, rounds: [] }];
  for (const { id, name, target } of running) {
    const turns = await countTurns(target.port ?? 0, distance);
    measured.push({ id, name, turns, rounds: [] });
  }
  for (const { target } of running) await load(target, WARM_UP_SECONDS);
  const most = roundsOf(options);
  for (let round = 1; round <= most; round += 1) {
    for (const roundTripMs of ROUND_TRIPS_MS) {
      distance.delayMs = roundTripMs / 2;
      const turn = await measureTurn(far(stage.serviceRole), {
        clients: CLIENTS,
        seconds: options.seconds / 2,
        signal,
      });
      measured[0]?.rounds.push({ roundTripMs, ...turn, wrong: 0 });
      for (const [index, { target }] of running.entries()) {
        const { p50Ms, p99Ms, foreign, errors } = await load(target, options.seconds);
        measured[index + 1]?.rounds.push({ roundTripMs, p50Ms, p99Ms, wrong: foreign + errors });
      }
    }
    say(`round ${round}/${most}`);
  }
  const crowded = await measureCrowd({
    targets: await startCrowd(context, listSystems(stage, size).node, far(stage.serviceRole)),
    distance,
    scriptFile,
    seconds: options.seconds,
    rounds: most,
    signal,
  });
  return { measured, crowded };
}

/** Rowhouse with its defaults, and with as many connections as there are clients. */
async function startCrowd(
  { openings, signal }: PartContext,
  { name, env, start }: System,
  url: string,
): Promise<readonly { readonly name: string; readonly target: Target }[]> {
  const started = [];
  for (const [what, more] of [
    ["", {}],
    [`, ${MORE} connections`, { DATABASE_CONNECTIONS: MORE }],
  ] as const) {
    signal.throwIfAborted();
    const target = await start({ ...env, ...more, DATABASE_URL: url });
    openings.push(() => target.stop());
    started.push({ name: name + what, target });
  }
  return started;
}

/** Half of the usual ones: three distances take their time. */
function roundsOf({ rounds }: Options): number {
  return Math.ceil(rounds / 2);
}

/** Waits for each answer; the first request, which opens the connection, does not count. */
async function countTurns(port: number, distance: Distance): Promise<number> {
  const ask = async (key: number): Promise<void> => {
    const answer = await read(port, hostOf(1), `/data/get/${key}`);
    if (answer === JSON.stringify({ value: valueOf(1, key) })) return;
    throw new Error(`Cannot count turns: the service answers ${answer}`);
  };
  await ask(1);
  const before = distance.turns;
  for (let key = 1; key <= COUNTED; key += 1) await ask(key);
  return (distance.turns - before) / COUNTED;
}

async function writeScript({ openings }: PartContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-latency-"));
  openings.push(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "reads.lua");
  await writeFile(file, formatScript({ work: "reads", tenants: TENANTS, keys: KEYS }));
  return file;
}

interface Running {
  readonly id: SystemId;
  readonly name: string;
  readonly target: Target;
}

/** All systems; when it must be quick, those of the bar alone. */
async function startAll(
  { options, openings, signal }: PartContext,
  systems: Readonly<Record<SystemId, System>>,
  far: (role: string) => string,
): Promise<readonly Running[]> {
  const running: Running[] = [];
  for (const id of options.quick ? QUICK : ALL) {
    const { name, role = "", env, start } = systems[id];
    signal.throwIfAborted();
    const target = await start({ ...env, DATABASE_URL: far(role) });
    openings.push(() => target.stop());
    running.push({ id, name, target });
  }
  return running;
}
