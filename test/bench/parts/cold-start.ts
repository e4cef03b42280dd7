// From the start of a process to its first right answer, on each runtime, beside the same runtime with a
// handler that answers a constant; and the same when the database is far away.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { findDeno, programOf } from "../../../admin/development/runtime.ts";
import { openDistance } from "../../support/network/distance.ts";
import { findFreePort } from "../../support/network/free-port.ts";
import { redirect } from "../../support/network/redirect.ts";
import { inheritedVariables } from "../../support/program/run.ts";
import { measureStart, type Startable } from "../cold-start/start.ts";
import { bundleFloor, bundleWorker, prepareWorkerd } from "../cold-start/workerd.ts";
import { FLOOR_VALUE, valueOf } from "../names.ts";
import type { Part, PartContext } from "../part.ts";
import { median } from "../requests/median.ts";
import { openBenchStage } from "../stage.ts";

const ROUND_TRIP_MS = 25;
const [QUICK_STARTS, STARTS] = [1, 11];
// TCP's handshake, the startup packet, the two messages of SCRAM, and the request's own.
const TURNS = 5;

type Runtime = "Node" | "Deno" | "workerd";

interface Starts {
  readonly runtime: Runtime;
  /** Milliseconds of each start: of the constant, of Rowhouse, and of Rowhouse far from its database. */
  readonly floor: number[];
  readonly near: number[];
  readonly far: number[];
  /** Turns to the database until the first answer. */
  readonly turns: number[];
}

/** Process start to first right answer. */
export const coldStart: Part = {
  name: "cold-start",
  async run(context) {
    const found = await measure(context);
    const rows = found.map(({ runtime, floor, near, far, turns }) => [
      runtime,
      formatSpread(floor),
      formatSpread(near),
      formatSpread(far),
      String(Math.max(...turns)),
    ]);
    const head = [
      "runtime",
      "a constant, ms",
      "Rowhouse, ms",
      `Rowhouse, database ${ROUND_TRIP_MS} ms away, ms`,
      "turns to the database",
    ];
    const line = head.map((_, index) => (index === 0 ? "---" : "---:"));
    return {
      title: "Cold start",
      markdown:
        `From the start of a process to the end of its first right answer, ${found[0]?.near.length ?? 0} starts in turns, ` +
        "median (min–max); the database is reached through PgBouncer. workerd runs the bundle that is deployed.\n\n" +
        [head, line, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n"),
      charts: [],
      figures: found,
      failures: found
        .filter(({ turns }) => Math.max(...turns) > TURNS)
        .map(({ runtime, turns }) => `${runtime}: ${Math.max(...turns)} turns for a first answer`),
      missed: [],
    };
  },
};

async function measure({ options, openings, signal, say }: PartContext): Promise<Starts[]> {
  const stage = await openBenchStage({ tenants: 1, keys: 1, openings, signal });
  const distance = await openDistance(Number(new URL(stage.serviceUrl).port), 0);
  openings.push(() => distance.close());
  const url = redirect(stage.serviceUrl, distance.port);
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-cold-start-"));
  openings.push(() => rm(folder, { recursive: true, force: true }));
  const programs = await listPrograms(folder, url);
  const found = programs.map(({ runtime }): Starts => {
    return { runtime, floor: [], near: [], far: [], turns: [] };
  });
  const starts = options.quick ? QUICK_STARTS : STARTS;
  for (let start = 1; start <= starts; start += 1) {
    for (const [index, { floor, rowhouse }] of programs.entries()) {
      const into = found[index];
      into?.floor.push(await measureStart(await floor(), signal));
      distance.delayMs = 0;
      into?.near.push(await measureStart(await rowhouse(), signal));
      distance.delayMs = ROUND_TRIP_MS / 2;
      const before = distance.turns;
      into?.far.push(await measureStart(await rowhouse(), signal));
      into?.turns.push(distance.turns - before);
    }
    say(`start ${start}/${starts}`);
  }
  return found;
}

interface Programs {
  readonly runtime: Runtime;
  readonly floor: () => Promise<Startable>;
  readonly rowhouse: () => Promise<Startable>;
}

async function listPrograms(folder: string, databaseUrl: string): Promise<readonly Programs[]> {
  // Deno keeps what it has compiled in its home, as it does where it is installed.
  const env = {
    ...inheritedVariables(),
    HOME: process.env["HOME"],
    DATABASE_URL: databaseUrl,
  };
  const answers = {
    floor: JSON.stringify({ value: FLOOR_VALUE }),
    rowhouse: JSON.stringify({ value: valueOf(1, 1) }),
  };
  const bundles = {
    floor: await bundleFloor(join(folder, "floor")),
    rowhouse: await bundleWorker(join(folder, "rowhouse")),
  };
  const start = async (
    what: keyof typeof answers,
    program: (port: number) => Promise<Pick<Startable, "file" | "parameters">>,
  ): Promise<Startable> => {
    const port = await findFreePort();
    const place = { folder: programOf("node", port, env).folder, port, answer: answers[what] };
    return { ...(await program(port)), ...place, env: { ...env, PORT: String(port) } };
  };
  return [
    {
      runtime: "Node",
      floor: () =>
        start("floor", async () => ({
          file: process.execPath,
          parameters: ["test/bench/systems/floors/floor-http.js"],
        })),
      rowhouse: () => start("rowhouse", async (port) => programOf("node", port, env)),
    },
    {
      runtime: "Deno",
      floor: () =>
        start("floor", async (port) => ({
          file: findDeno(),
          parameters: [
            "serve",
            "--host=127.0.0.1",
            `--port=${port}`,
            "test/bench/systems/floors/floor-fetch.ts",
          ],
        })),
      rowhouse: () => start("rowhouse", async (port) => programOf("deno", port, env)),
    },
    {
      runtime: "workerd",
      floor: () => start("floor", (port) => prepareWorkerd(bundles.floor, port)),
      rowhouse: () => start("rowhouse", (port) => prepareWorkerd(bundles.rowhouse, port)),
    },
  ];
}

function formatSpread(values: readonly number[]): string {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)];
  return `${middle.toFixed(0)} (${least.toFixed(0)}–${most.toFixed(0)})`;
}
