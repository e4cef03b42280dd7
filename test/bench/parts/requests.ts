// Requests per second and their cost: every system side by side on one PostgreSQL and one PgBouncer, in
// rounds that take turns. Every answer is checked.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readChildrenCpuUs, readCpuUs } from "../cpu.ts";
import { type Load, loadScript, runLoad } from "../load.ts";
import { countMessages } from "../messages.ts";
import type { Options } from "../options.ts";
import type { Part, PartContext } from "../part.ts";
import { type Program, startProgram } from "../program.ts";
import { openStage, type Stage } from "../stage.ts";
import { listSystems, type System } from "../system.ts";
import { formatTable, type Measured, type Round } from "../table.ts";

const TENANTS = 200;
const KEYS = 1000; // so that PostgreSQL's planner uses the index
// V8 and PostgreSQL's catalog caches take some ten thousand requests to settle.
const WARM_UP_ROUNDS = 3;

interface Running {
  readonly system: System;
  readonly program: Program;
  readonly scriptFile: string;
  readonly rounds: Round[];
}

/** Rowhouse, the usual recipe and the bare HTTP adapter, reading single keys through PgBouncer. */
export const requests: Part = {
  name: "requests",
  async run(context) {
    const measured = await measure(context);
    const { seconds, rounds, clients } = context.options;
    return {
      title: "Requests",
      markdown:
        `${TENANTS} tenants with ${KEYS} keys, host and key at random; ${clients} clients; ` +
        `${rounds} rounds of ${seconds} s in turns, after ${WARM_UP_ROUNDS} to warm up: median (min–max)\n\n` +
        formatTable(measured),
      charts: [],
      figures: measured,
      failures: [],
      missed: [],
    };
  },
};

async function measure({
  options,
  signal,
  openings,
  say,
}: PartContext): Promise<readonly Measured[]> {
  const { rounds } = options;
  say(`${TENANTS} tenants on a new server`);
  const stage = await openStage({ tenants: TENANTS, keys: KEYS, openings, signal });
  const systems = listSystems(stage, TENANTS);
  const messages = new Map<System, Measured["messages"]>();
  for (const system of systems) {
    signal.throwIfAborted();
    messages.set(system, await countMessages(system, openings));
  }
  const running = await startAll(systems, { options, signal, openings, say });
  for (let round = 1; round <= WARM_UP_ROUNDS; round += 1) {
    for (const one of running) await runRound(one, stage, options, signal);
    say(`warm-up ${round}/${WARM_UP_ROUNDS}`);
  }
  for (let round = 1; round <= rounds; round += 1) {
    for (const one of running) {
      const figures = await runRound(one, stage, options, signal);
      one.rounds.push(figures);
      const { requestsPerSecond, serviceUs } = figures;
      say(
        `round ${round}/${rounds}, ${one.system.name}: ` +
          `${requestsPerSecond.toFixed(0)} requests/s, ${serviceUs.toFixed(0)} µs`,
      );
    }
  }
  return running.map(({ system, rounds }) => ({
    name: system.name,
    rounds,
    messages: messages.get(system),
  }));
}

async function startAll(
  systems: readonly System[],
  { openings, signal }: PartContext,
): Promise<Running[]> {
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-load-"));
  openings.push(() => rm(folder, { recursive: true, force: true }));
  const running: Running[] = [];
  for (const [index, system] of systems.entries()) {
    signal.throwIfAborted();
    const scriptFile = join(folder, `${index}.lua`);
    await writeFile(scriptFile, loadScript(TENANTS, KEYS, system.constant));
    const { databaseUrl } = system;
    const url = databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl };
    const program = await startProgram(system.entry, { ...system.env, ...url });
    openings.push(() => program.stop());
    running.push({ system, program, scriptFile, rounds: [] });
  }
  return running;
}

async function runRound(
  { system, program, scriptFile }: Running,
  stage: Stage,
  { seconds, clients }: Options,
  signal: AbortSignal,
): Promise<Round> {
  const readAll = async (): Promise<number[]> => [
    await readCpuUs(program.pid),
    await readCpuUs(stage.pgbouncer.pid),
    await readChildrenCpuUs(stage.postmaster),
  ];
  const before = await readAll();
  const load: Load = await runLoad({ port: program.port, clients, seconds, scriptFile, signal });
  if (load.requests === 0)
    throw new Error(`Cannot measure ${system.name}: no request was answered`);
  const [serviceUs = 0, pgbouncerUs = 0, postgresUs = 0] = (await readAll()).map(
    (us, index) => (us - (before[index] ?? 0)) / load.requests,
  );
  return { ...load, serviceUs, pgbouncerUs, postgresUs };
}
