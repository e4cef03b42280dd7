// Before anything is measured, every server connection of a pool has met every tenant.

import { schemaOf } from "../names.ts";
import { recordMessage } from "../systems/floors/message.ts";
import { warmPool } from "../load/warm-pool.ts";
import type { Scene } from "./measure.ts";
import type { Mode } from "./mode.ts";

/** Warms the pools of a mode's systems; connections that a system has of its own are its own affair. */
export async function warmPools(mode: Mode, { stage, systems, tenants }: Scene): Promise<void> {
  if (mode.way !== "pooled") return;
  const numbers = Array.from({ length: tenants }, (_, index) => index + 1);
  const message = await recordMessage();
  const own = numbers.map((tenant) => message(tenant, 1));
  const plain = numbers.map((tenant) => `select value from ${schemaOf(tenant)}.data where key = 1`);
  for (const role of new Set(mode.systems.map((id) => systems[id].role))) {
    if (role === undefined) continue;
    await warmPool(stage.url(role, "pooled"), role === stage.serviceRole ? own : plain);
  }
}
