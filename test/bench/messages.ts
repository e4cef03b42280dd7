// How many messages and round trips a request takes, counted on the wire between the service and
// PgBouncer. A pass of its own, request after request, so that no time is measured through the tap.

import { openWireTap, type WireFrame } from "../support/network/wire.ts";
import { hostOf, valueOf } from "./names.ts";
import type { Openings } from "./part.ts";
import { read } from "./program.ts";
import type { System } from "./system.ts";

const WARM_UP = 20;
const COUNTED = 100;

/** The traffic of one request, on average. */
export interface Messages {
  /** Messages that the service sends. */
  readonly sent: number;
  /** Times that it waits for an answer before it can go on. */
  readonly roundTrips: number;
  /** How many of which type, such as `Q` for Query and `P` for Parse. */
  readonly types: Readonly<Record<string, number>>;
}

/**
 * Counts for one system that serves HTTP from a database.
 * @returns undefined when it does not answer with the value
 */
export async function countMessages(
  { start, env }: System,
  databaseUrl: string,
  openings: Openings,
): Promise<Messages | undefined> {
  const url = new URL(databaseUrl);
  const tap = await openWireTap({ host: url.hostname, port: Number(url.port) });
  openings.push(() => tap.close());
  url.port = String(tap.port);
  const target = await start({ ...env, DATABASE_URL: url.href });
  openings.push(() => target.stop());
  for (let number = 0; number < WARM_UP + COUNTED; number += 1) {
    if (number === WARM_UP) tap.clear();
    const answer = await read(target.port ?? 0, hostOf(1), "/data/get/1").catch(() => "");
    if (answer !== JSON.stringify({ value: valueOf(1, 1) })) return undefined;
  }
  const messages = sum(tap.frames);
  await target.stop();
  return messages;
}

function sum(frames: readonly WireFrame[]): Messages {
  const types: Record<string, number> = {};
  const before = new Map<number, WireFrame["from"]>();
  let roundTrips = 0;
  for (const { from, type, connection } of frames) {
    if (from === "client") types[type] = (types[type] ?? 0) + 1 / COUNTED;
    else if (before.get(connection) === "client") roundTrips += 1 / COUNTED;
    before.set(connection, from);
  }
  return { sent: Object.values(types).reduce((a, b) => a + b, 0), roundTrips, types };
}
