// One run: clients, verbs and faults side by side, the end of all of them, and the verdict.

import { createRandom } from "../support/random.ts";
import { until } from "../support/until.ts";
import { SERVICE_ROLE } from "../support/server/server.ts";
import { checkHistory, type Judgement } from "./check/check.ts";
import { runClients } from "./clients.ts";
import { runFaults } from "./faults.ts";
import type { History, Witness } from "./history.ts";
import { openTortureStage, type TortureStage } from "./stage.ts";
import { createTenants, runVerbs } from "./verbs.ts";
import { createWitness, FIXED_HOSTS, World } from "./world.ts";

/** How long and how hard. */
export interface TortureOptions {
  readonly seed: number;
  readonly clients: number;
  /** No fault and no verb begins later than this; Infinity to go by rounds alone. */
  readonly seconds: number;
  /** How often each kind of fault and each verb comes at most. */
  readonly rounds: number;
  /** The longest quiet between two faults, in milliseconds. */
  readonly quietMs: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/** What {@link runTorture} did and found. */
export interface Tortured extends Judgement {
  readonly history: History;
  readonly verbs: ReadonlyMap<string, number>;
  /** When the clients began, on the history's clock. */
  readonly begunAt: number;
  readonly seconds: number;
}

/** Opens a stage, tortures it, and judges. */
export async function runTorture(options: TortureOptions): Promise<Tortured> {
  const { seed, clients, seconds, rounds, quietMs } = options;
  const stage = await openTortureStage(FIXED_HOSTS);
  try {
    const world = new World();
    await createWitness(stage);
    await createTenants(stage, world);
    const over = new AbortController();
    const timer = seconds === Infinity ? undefined : setTimeout(() => over.abort(), seconds * 1000);
    const signal = AbortSignal.any([over.signal, ...(options.signal ? [options.signal] : [])]);
    const quiet = new AbortController();
    const begunAt = performance.now();
    const load = runClients(stage, world, seed, clients, quiet.signal);
    const pace = { signal, rounds, quietMs };
    const trouble = await Promise.allSettled([
      runFaults(stage, world, createRandom(seed), pace),
      runVerbs(stage, world, createRandom(seed + 1), pace),
    ]);
    clearTimeout(timer);
    quiet.abort();
    await load;
    const history = await readHistory(stage, world);
    const judgement = checkHistory(history);
    const failures = trouble
      .filter((one) => one.status === "rejected")
      .map(({ reason }) => {
        return { kind: "failed verb", detail: String(reason), ops: [] } as const;
      });
    const complaints = stage.services
      .flatMap((service) => service.complaints)
      .map((detail) => ({ kind: "undesigned answer", detail, ops: [] }) as const);
    return {
      ...judgement,
      findings: [...judgement.findings, ...failures, ...complaints],
      history,
      verbs: world.verbs,
      begunAt,
      seconds: (performance.now() - begunAt) / 1000,
    };
  } finally {
    await stage.close();
  }
}

/** Waits until nothing is under way any more, and reads what PostgreSQL has. */
async function readHistory(stage: TortureStage, world: World): Promise<History> {
  await stage.endServices();
  await stage.endPgBouncer("stop");
  const { servers } = stage;
  const working = `select from pg_stat_activity where usename = '${SERVICE_ROLE}'`;
  const witness = new Map<number, Witness[]>();
  for (const { sql } of Object.values(servers)) {
    await until("a message is still at work", async () => (await sql(working)).length === 0);
    for (const { value, ...seen } of await sql<Witness & { value: number }>(
      `select tenant, key, value from public.witness`,
    )) {
      witness.set(value, [...(witness.get(value) ?? []), seen]);
    }
  }
  const final = new Map<number, ReadonlyMap<number, number>>();
  for (const [schemaName, tenant] of world.schemas) {
    const [moved] = await servers.home.sql(
      `select from rowhouse.pointer where schema_name = '${schemaName}'`,
    );
    const rows = await servers[moved ? "eu" : "home"].sql<{ key: number; value: number }>(
      `select key, value from "${schemaName}".data`,
    );
    final.set(tenant, new Map(rows.map(({ key, value }) => [key, value])));
  }
  const ops = world.ops.map((op) => {
    if (op.requestId === undefined) return op;
    return { ...op, sqlstate: stage.services[op.service]?.states.get(op.requestId) };
  });
  const { owners, changes, faults } = world;
  return { ops, owners, changes, faults, witness, final, endedAt: performance.now() };
}
