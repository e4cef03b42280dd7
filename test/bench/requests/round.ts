// One system in one round: its load, and what every process spent on it.

import {
  readCpuUs,
  readEndedChildrenCpuUs,
  readServerCpuUs,
  readTreeCpuUs,
  readTreeMemoryMiB,
} from "../machine/cpu.ts";
import { type Load, runLoad } from "../load/load.ts";
import type { BenchStage } from "../stage.ts";
import type { Target } from "../target.ts";

/** CPU time is per request and in microseconds, NaN when no request was answered; that is an error, too. */
export interface Round extends Load {
  /** Of the service's processes. */
  readonly serviceUs: number;
  readonly pgbouncerUs: number;
  readonly postgresUs: number;
  /** Of wrk; 0 when the system puts itself under load. */
  readonly wrkUs: number;
  /** Of the service's processes, after the load. */
  readonly memoryMiB: number;
}

/** What {@link runRound} needs to know. */
export interface RoundOptions {
  readonly target: Target;
  readonly stage: BenchStage;
  /** wrk's script. */
  readonly scriptFile: string;
  readonly seconds: number;
  readonly clients: number;
  readonly signal: AbortSignal;
}

/** Measures one round. */
export async function runRound(options: RoundOptions): Promise<Round> {
  const { target, stage, seconds, clients } = options;
  const { port } = target;
  const readAll = (): Promise<number[]> =>
    Promise.all([
      readTreeCpuUs(target.pid),
      readCpuUs(stage.pgbouncer.pid),
      readServerCpuUs(stage.postmaster),
      readEndedChildrenCpuUs(),
    ]);
  const before = await readAll();
  const load = await (target.run?.(seconds, clients) ?? runLoad({ ...options, port: port ?? 0 }));
  const after = await readAll();
  const [serviceUs = 0, pgbouncerUs = 0, postgresUs = 0, wrkUs = 0] = after.map((us, index) =>
    load.requests === 0 ? Number.NaN : (us - (before[index] ?? 0)) / load.requests,
  );
  const memoryMiB = await readTreeMemoryMiB(target.pid);
  const errors = load.requests === 0 ? load.errors + 1 : load.errors;
  return { ...load, errors, serviceUs, pgbouncerUs, postgresUs, wrkUs, memoryMiB };
}
