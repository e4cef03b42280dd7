// What telemetry costs a request: Rowhouse on Node without it, with nobody who listens, and exporting, side
// by side in rounds that take turns; whole, and its own share alone.

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { formatScript } from "../load/load-script.ts";
import { hostOf } from "../names.ts";
import type { Part, PartContext } from "../part.ts";
import { read } from "../program.ts";
import { median } from "../requests/median.ts";
import { type Round, runRound } from "../requests/round.ts";
import { formatTable } from "../requests/table.ts";
import { openBenchStage } from "../stage.ts";
import { onNode } from "../target.ts";
import { type Case, listCases } from "../telemetry/cases.ts";

const SIZE = { tenants: 200, keys: 1000 };
const WARM_UP_ROUNDS = 3;
// Of one case, for its own share.
const [QUICK_REQUESTS, REQUESTS] = [8000, 40_000];
const IN_PROCESS = fileURLToPath(new URL("../systems/in-process.js", import.meta.url));

/** Absent, present without an SDK, and exporting. */
export const telemetry: Part = {
  name: "telemetry",
  async run(context) {
    const { seconds, clients, quick } = context.options;
    const cases = await listCases(context.openings);
    const rounds = quick ? 1 : context.options.rounds;
    const own = await measureShare(cases, rounds, context);
    const measured = await measureWhole(cases, rounds, context);
    return {
      title: "Telemetry",
      markdown: [
        "Rowhouse's own share of a read on Node, without HTTP, driver and PostgreSQL: CPU time of a " +
          "request in µs, median (min–max). Prometheus scrapes every second; OTLP goes to a receiver on " +
          "the same machine; a trace has two spans.",
        formatShares(own),
        `The whole service through PgBouncer, ${clients} clients, rounds of ${seconds} s in turns:`,
        formatTable(measured),
      ].join("\n\n"),
      charts: [],
      figures: { own, whole: measured.map(({ name, rounds }) => ({ name, rounds })) },
      failures: measured.flatMap(({ name, rounds }) => {
        const wrong = rounds.reduce((sum, { foreign, errors }) => sum + foreign + errors, 0);
        return wrong === 0 ? [] : [`Telemetry: ${name}: ${wrong} wrong answers`];
      }),
      missed: [],
    };
  },
};

interface Share {
  readonly name: string;
  /** CPU time of a request in µs, of each round. */
  readonly cpuUs: number[];
}

async function measureShare(
  cases: readonly Case[],
  rounds: number,
  { options, signal, say }: PartContext,
): Promise<readonly Share[]> {
  const requests = String(options.quick ? QUICK_REQUESTS : REQUESTS);
  const shares = cases.map((one) => ({ ...one, cpuUs: [] as number[] }));
  for (let number = 1; number <= rounds; number += 1) {
    for (const { name, present, env, cpuUs } of shares) {
      const { stdout } = await promisify(execFile)(process.execPath, [IN_PROCESS], {
        env: { ...env, TELEMETRY: present ? "present" : "absent", REQUESTS: requests },
        signal,
      });
      cpuUs.push(Number(stdout));
      say(`own share: round ${number}: ${name}: ${Number(stdout).toFixed(1)} µs`);
    }
  }
  return shares.map(({ name, cpuUs }) => ({ name, cpuUs }));
}

async function measureWhole(cases: readonly Case[], count: number, context: PartContext) {
  const { options, openings, signal, say } = context;
  const stage = await openBenchStage({ ...SIZE, openings, signal });
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-load-"));
  openings.push(() => rm(folder, { recursive: true, force: true }));
  const scriptFile = join(folder, "reads.lua");
  await writeFile(scriptFile, formatScript({ work: "reads", ...SIZE }));
  const running = [];
  for (const { name, present, env } of cases) {
    signal.throwIfAborted();
    const start = onNode(present ? "../../src/node.js" : "./systems/rowhouse-untold.js");
    const target = await start({ ...env, DATABASE_URL: stage.serviceUrl });
    openings.push(() => target.stop());
    await read(target.port ?? 0, hostOf(1), "/data/get/1");
    running.push({ name, target, rounds: [] as Round[] });
  }
  const warmUp = options.quick ? 0 : WARM_UP_ROUNDS;
  for (let number = 1; number <= warmUp + count; number += 1) {
    for (const { name, target, rounds } of running) {
      signal.throwIfAborted();
      const { seconds, clients } = options;
      const round = await runRound({ target, stage, scriptFile, seconds, clients, signal });
      if (number > warmUp) rounds.push(round);
      const which = number > warmUp ? `round ${number - warmUp}/${count}` : "warm-up";
      say(`${which}: ${name}: ${round.serviceUs.toFixed(1)} µs`);
    }
  }
  return running.map(({ name, rounds }) => ({
    name,
    rounds,
    database: true,
    messages: undefined,
  }));
}

function formatShares(shares: readonly Share[]): string {
  const rows = shares.map(({ name, cpuUs }) => {
    const [middle, least, most] = [median(cpuUs), Math.min(...cpuUs), Math.max(...cpuUs)].map(
      (us) => us.toFixed(1),
    );
    return `| ${name} | ${middle} (${least}–${most}) |`;
  });
  return ["| telemetry | CPU µs |", "| --- | ---: |", ...rows].join("\n");
}
