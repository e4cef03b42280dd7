// PostgreSQL reads a tenant's catalog rows when one of its processes first meets the tenant. Before anything
// is measured, every server connection of a pool has met every tenant.

import pg from "pg";
import { schemaOf } from "../names.ts";
import { POOL_SIZE } from "../stage.ts";
import { recordMessage } from "../systems/message.ts";
import type { Scene } from "./measure.ts";
import type { Mode } from "./mode.ts";

/** Warms the pools of a mode's systems; connections that a system has of its own are its own affair. */
export async function warmPools(mode: Mode, { stage, systems, tenants }: Scene): Promise<void> {
  if (mode.way !== "pooled") return;
  const numbers = Array.from({ length: tenants }, (_, index) => index + 1);
  const message = await recordMessage();
  const own = numbers.map((tenant) => message(tenant, 1)).join(";");
  const plain = numbers.map((tenant) => `select value from ${schemaOf(tenant)}.data where key = 1`);
  for (const role of new Set(mode.systems.map((id) => systems[id].role))) {
    if (role === undefined) continue;
    await warm(stage.url(role, "pooled"), role === stage.serviceRole ? own : plain.join(";"));
  }
}

/** Sends a message on as many connections at once as the pool has, so that each of the pool's has it. */
async function warm(url: string, message: string): Promise<void> {
  const clients = Array.from({ length: POOL_SIZE }, () => new pg.Client(url));
  try {
    await Promise.all(clients.map((client) => client.connect()));
    await Promise.all(clients.map((client) => client.query("begin")));
    await Promise.all(clients.map((client) => client.query(message)));
    await Promise.all(clients.map((client) => client.query("rollback")));
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}
