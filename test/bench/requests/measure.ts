// One mode: every system of it started, warmed up, and measured in rounds that take turns.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatScript } from "../load/load-script.ts";
import { hostOf } from "../names.ts";
import type { PartContext } from "../part.ts";
import { read } from "../program.ts";
import type { BenchStage } from "../stage.ts";
import type { System, SystemId } from "../system.ts";
import type { Target } from "../target.ts";
import type { Mode } from "./mode.ts";
import { type Round, runRound } from "./round.ts";
import type { TenantData } from "./tenant-data.ts";
import { warmPools } from "./warm-up.ts";

/** What stands for all modes. */
export interface Scene {
  readonly stage: BenchStage;
  readonly data: TenantData;
  readonly systems: Readonly<Record<SystemId, System>>;
  /** The same on another Node, by its major version. */
  systemsOn(node: string): Promise<Readonly<Record<SystemId, System>>>;
  readonly tenants: number;
  readonly keys: number;
}

/** What a system gave. */
export interface Outcome {
  readonly id: SystemId;
  readonly system: System;
  readonly rounds: readonly Round[];
}

/** What a mode gave. */
export interface ModeResult {
  readonly outcomes: readonly Outcome[];
  /** Systems that cannot do it, each with what it answers. */
  readonly unable: Readonly<Partial<Record<SystemId, string>>>;
}

interface Running extends Outcome {
  readonly target: Target;
  readonly scriptFile: string;
  readonly rounds: Round[];
}

/** Measures one mode, and ends what it started. */
export async function measureMode(
  mode: Mode,
  scene: Scene,
  context: PartContext,
): Promise<ModeResult> {
  const { options, signal, say } = context;
  await warmPools(mode, scene);
  const { running, unable } = await startAll(mode, scene, context);
  say(`${mode.title}: ${running.length} systems run`);
  const measured = Math.max(1, Math.ceil(options.rounds * mode.share));
  // In a hurry, only the table that the bars are read from is warm.
  const quickWarmUp = mode.work === "reads" ? 1 : 0;
  const warmUp = options.quick ? quickWarmUp : 2;
  for (let number = 1; number <= warmUp + measured; number += 1) {
    for (const one of running) {
      signal.throwIfAborted();
      const counts = number > warmUp;
      const round = await runOne(one, mode, scene, context, counts);
      if (counts) one.rounds.push(round);
      const rate = `${round.requestsPerSecond.toFixed(0)} requests/s`;
      const name = counts ? `round ${number - warmUp}/${measured}` : "warm-up";
      say(`${mode.title}: ${name}: ${one.system.name}: ${rate}, ${round.serviceUs.toFixed(0)} µs`);
    }
  }
  for (const { target } of running) await target.stop();
  return { outcomes: running, unable };
}

async function runOne(
  { target, scriptFile }: Running,
  { work }: Mode,
  { stage, data }: Scene,
  { options, signal }: PartContext,
  counts: boolean,
): Promise<Round> {
  const { seconds, clients, quick } = options;
  const load = { target, stage, scriptFile, clients, signal };
  // What waited since its last turn has closed its idle connections.
  if (counts && !quick) {
    await runRound({ ...load, seconds: 1 });
    if (work !== "reads") await data.restore();
  }
  const round = await runRound({ ...load, seconds });
  if (work === "reads") return round;
  const foreign = round.foreign + (await data.countForeign());
  await data.restore();
  return { ...round, foreign };
}

async function startAll(
  { systems, way, work, node }: Mode,
  scene: Scene,
  { openings, signal }: PartContext,
): Promise<{ readonly running: readonly Running[]; readonly unable: Record<string, string> }> {
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-load-"));
  openings.push(() => rm(folder, { recursive: true, force: true }));
  const all = node === undefined ? scene.systems : await scene.systemsOn(node);
  const running: Running[] = [];
  const unable: Record<string, string> = {};
  for (const id of systems) {
    signal.throwIfAborted();
    const system = all[id];
    const { role, env, constant } = system;
    const url = role === undefined ? {} : { DATABASE_URL: scene.stage.url(role, way) };
    const target = await system.start({ ...env, ...url });
    openings.push(() => target.stop());
    const problem = await findProblem(target);
    if (problem === undefined) {
      const scriptFile = join(folder, `${id}.lua`);
      const { tenants, keys } = scene;
      await writeFile(scriptFile, formatScript({ work, tenants, keys, constant }));
      running.push({ id, system, target, scriptFile, rounds: [] });
    } else {
      unable[id] = problem;
      await target.stop();
    }
  }
  return { running, unable };
}

/** What a service answers to its first request when it is no value. */
async function findProblem({ port }: Target): Promise<string | undefined> {
  if (port === undefined) return undefined;
  try {
    await read(port, hostOf(1), "/data/get/1");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
