// A TCP port that nobody listens on.

import { randomInt } from "node:crypto";
import { isPortFree } from "../../admin/development/embedded/port.ts";

// Below the ports that Linux gives to outgoing connections (ip_local_port_range), of which a test may have a
// thousand at once, while another starts what is to listen.
const [FIRST, LAST] = [10_240, 32_767];
const ATTEMPTS = 100;

/**
 * Returns a port of 127.0.0.1 that was free a moment ago, chosen by chance.
 * It is not held: whoever listens on it next has it.
 */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST, LAST + 1);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`Cannot find a free port: ${ATTEMPTS} from ${FIRST} to ${LAST} are taken`);
}
