// Requests of many tenants at a rate that rises and falls, so that the page has something to show.

import { Agent } from "node:http";
import { setTimeout } from "node:timers/promises";
import { sendHttp } from "../support/program/service.ts";
import type { NamedTenant } from "./names.ts";

const AT_ONCE = 12;
const PAUSE_MS = 40;
const WAVE_MS = 90_000;
const KEYS = 500;
const WRITES = 0.15;

/** Those who ask. */
export interface Visitors {
  /** Resolves when all have left. */
  stop(): Promise<void>;
}

/**
 * Lets them in.
 * @param tenants the first ones are asked most
 */
export function letIn(port: number, tenants: readonly NamedTenant[]): Visitors {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const leaving = new AbortController();
  const started = performance.now();
  const visit = async (): Promise<void> => {
    while (!leaving.signal.aborted) {
      const tenant = tenants[Math.floor(tenants.length * Math.random() ** 5)];
      const key = 1 + Math.floor(KEYS * Math.random());
      const host = tenant?.hosts[0] ?? "";
      const isWrite = Math.random() < WRITES;
      await (isWrite
        ? sendHttp(port, host, "PUT", `/data/${key}`, `{"value":${key}}`, agent)
        : sendHttp(port, host, "GET", `/data/${key}`, undefined, agent));
      const wave = Math.sin(((performance.now() - started) / WAVE_MS) * 2 * Math.PI);
      await setTimeout(PAUSE_MS * (1 + 0.4 * wave) * (0.5 + Math.random()));
    }
  };
  const visitors = Promise.all(Array.from({ length: AT_ONCE }, visit));
  return {
    async stop() {
      leaving.abort();
      await visitors;
      agent.destroy();
    },
  };
}
