// One number of tenants: a server of its own, so that all sizes are measured in turns.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommands } from "../../support/server/commands.ts";
import { formatScript, type Traffic } from "../load/load-script.ts";
import type { PartContext } from "../part.ts";
import { type Round, runRound } from "../requests/round.ts";
import { openBenchStage, type BenchStage } from "../stage.ts";
import { listSystems } from "../system.ts";
import { recordMessage } from "../systems/floors/message.ts";
import { warmPool } from "../load/warm-pool.ts";
import { type Backend, measureBackend } from "./backend.ts";

const KEYS = 20;

/** How the requests are spread, both in turns. */
export const TRAFFICS: readonly Traffic[] = ["uniform", "zipf"];

/** A size that is open. */
export interface Size {
  readonly tenants: number;
  readonly stage: BenchStage;
  readonly backend: Backend;
  readonly catalogMiB: number;
  readonly rounds: Readonly<Record<Traffic, Round[]>>;
  /** Puts Rowhouse on Node under load. */
  readonly load: (traffic: Traffic, seconds: number) => Promise<Round>;
}

/** Opens a server with so many tenants, measures one of its connections, and starts the service. */
export async function openSize(tenants: number, context: PartContext): Promise<Size> {
  const { options, openings, signal, say } = context;
  const stage = await openBenchStage({ tenants, keys: KEYS, openings, signal });
  const { adminUrl, serviceRole } = stage;
  const url = stage.url(serviceRole, "direct");
  const backend = await measureBackend({ url, adminUrl, serviceRole, tenants, signal });
  const [row] = await runCommands<{ size: number }>(adminUrl, [
    `select sum(pg_total_relation_size(oid))::float8 / 1048576 as size from pg_class
       where relnamespace = 'pg_catalog'::regnamespace and relkind = 'r'`,
  ]);
  const scripts = await writeScripts(tenants, context);
  const { node } = listSystems(stage, { tenants, keys: KEYS });
  const target = await node.start({ ...node.env, DATABASE_URL: stage.serviceUrl });
  openings.push(() => target.stop());
  const message = await recordMessage();
  const numbers = Array.from({ length: tenants }, (_, index) => index + 1);
  await warmPool(
    stage.serviceUrl,
    numbers.map((tenant) => message(tenant, 1)),
  );
  say(`${tenants} tenants are there, and every server connection has met them`);
  const load: Size["load"] = (traffic, seconds) => {
    signal.throwIfAborted();
    const { clients } = options;
    return runRound({ target, stage, scriptFile: scripts[traffic], seconds, clients, signal });
  };
  const rounds = { uniform: [], zipf: [] };
  return { tenants, stage, backend, catalogMiB: row?.size ?? 0, rounds, load };
}

async function writeScripts(
  tenants: number,
  { openings }: PartContext,
): Promise<Record<Traffic, string>> {
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-growth-"));
  openings.push(() => rm(folder, { recursive: true, force: true }));
  const files = { uniform: join(folder, "uniform.lua"), zipf: join(folder, "zipf.lua") };
  for (const traffic of TRAFFICS) {
    const script = formatScript({ work: "reads", tenants, keys: KEYS, traffic });
    await writeFile(files[traffic], script);
  }
  return files;
}
