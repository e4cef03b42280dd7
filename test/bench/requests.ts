// The benchmark: Rowhouse, the usual recipe and the bare HTTP adapter side by side, through one
// PgBouncer, in rounds that take turns. It checks every answer and exits with 1 when one was wrong.
// Whatever happens, Ctrl-C included, it ends what it started and removes its files.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { readChildrenCpuUs, readCpuUs } from "./cpu.ts";
import { type Load, loadScript, runLoad } from "./load.ts";
import { describeMachine } from "./machine.ts";
import { countMessages } from "./messages.ts";
import { type Options, readOptions } from "./options.ts";
import { type Program, startProgram } from "./program.ts";
import { type Openings, openStage, type Stage } from "./stage.ts";
import { listSystems, type System } from "./systems.ts";
import { formatTable, type Measured, type Round } from "./table.ts";

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

const interruption = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => interruption.abort(new Error(`Cannot finish: ${name}`)));
}
const openings: Openings = [];
try {
  const measured = await measure(readOptions(), interruption.signal);
  const wrong = measured.some(({ rounds }) =>
    rounds.some(({ foreign, errors, right }) => foreign + errors > 0 || right === 0),
  );
  process.exitCode = wrong ? 1 : 0;
} catch (error) {
  const reason: unknown = interruption.signal.reason ?? error;
  say(reason instanceof Error ? reason.message : String(reason));
  process.exitCode = 1;
} finally {
  for (const close of openings.toReversed()) {
    await close().catch((error: unknown) => say(String(error)));
  }
}

async function measure(options: Options, signal: AbortSignal): Promise<readonly Measured[]> {
  const { seconds, rounds, clients } = options;
  say(`${TENANTS} tenants on a new server`);
  const stage = await openStage({ tenants: TENANTS, keys: KEYS, openings, signal });
  const systems = listSystems(stage, TENANTS);
  const messages = new Map<System, Measured["messages"]>();
  for (const system of systems) {
    signal.throwIfAborted();
    messages.set(system, await countMessages(system, openings));
  }
  const running = await startAll(systems, signal);
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
  const measured = running.map(({ system, rounds }) => ({
    name: system.name,
    rounds,
    messages: messages.get(system),
  }));
  process.stdout.write(
    `${await describeMachine(stage, signal)}\n` +
      `- ${TENANTS} tenants with ${KEYS} keys, host and key at random; ${clients} clients; ` +
      `${rounds} rounds of ${seconds} s in turns, after ${WARM_UP_ROUNDS} to warm up: median (min–max)\n\n` +
      `${formatTable(measured)}\n`,
  );
  return measured;
}

async function startAll(systems: readonly System[], signal: AbortSignal): Promise<Running[]> {
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

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
