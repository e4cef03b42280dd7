// A TCP port that nobody listens on.

import { randomInt } from "node:crypto";
import process from "node:process";
import { isPortFree } from "../../../admin/development/embedded/port.ts";

// Below the ports that Linux gives to outgoing connections (ip_local_port_range), of which a test may have a
// thousand at once, while another starts what is to listen.
const [FIRST, LAST] = [10_240, 32_767];
const ATTEMPTS = 100;
// Each process of a run has ports of its own: what one has found, or gives up for a while, no other one takes.
const SHARES = 8;
const share = Number(process.env["MOCHA_WORKER_ID"] ?? 0) % SHARES;
const found = new Set<number>();

/**
 * Returns a port of 127.0.0.1 that was free a moment ago, chosen by chance.
 * It is not held: whoever listens on it next has it.
 */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = FIRST + SHARES * randomInt((LAST + 1 - FIRST) / SHARES) + share;
    if (found.has(port)) continue;
    found.add(port);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`Cannot find a free port: ${ATTEMPTS} from ${FIRST} to ${LAST} are taken`);
}
