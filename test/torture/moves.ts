// Moves of tenants between the databases, there and back, some of them killed and run again.

import { setTimeout } from "node:timers/promises";
import { schemaOf } from "../support/traffic.ts";
import { startVerb } from "../support/program/verb.ts";
import type { Perform } from "./perform.ts";
import type { TortureStage } from "./stage.ts";
import type { World } from "./world.ts";

const KILLED = 0.5;
// A program needs some of it to start.
const LONGEST_LIFE_MS = 1500;

/** Moves a tenant to the other database. What the move leaves behind stays: the next move or {@link dropRemnant} ends it. */
export async function moveTenant(
  { verbs }: TortureStage,
  world: World,
  perform: Perform,
  random: () => number,
  tenant: number,
): Promise<void> {
  const to = world.away.has(tenant) ? "home" : "eu";
  const parameters = [schemaOf(tenant), "--to", to];
  const began = performance.now();
  if (random() < KILLED) {
    const killed = startVerb(verbs, "move-tenant", ...parameters);
    await setTimeout(random() * LONGEST_LIFE_MS);
    killed.kill("SIGKILL");
    await killed.result;
  }
  const { to: ended } = await perform("move-tenant", parameters);
  if (to === "eu") world.away.add(tenant);
  else world.away.delete(tenant);
  const times = { from: began, sureFrom: ended, sureTo: ended, to: ended };
  world.changes.push({ kind: "move", tenant, ...times });
}

/** Drops the old copy of a tenant, without which its rename is refused. */
export async function dropRemnant(perform: Perform, tenant: number): Promise<void> {
  const schemaName = schemaOf(tenant);
  await perform("drop-tenant", [schemaName, "--remnant", "--confirm", schemaName]);
}
