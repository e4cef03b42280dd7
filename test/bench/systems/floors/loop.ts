// Programs that serve no HTTP: callers that ask in a loop for as long as they are told to, and say how many
// answers there were. They speak with the benchmark by messages between processes.

import process from "node:process";
import { TENANT_FACTOR } from "../../names.ts";
import { Histogram } from "./histogram.ts";

/** What one stretch has given. */
export interface Stretch {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly right: number;
  readonly foreign: number;
}

/** What the benchmark asks for. */
export interface Order {
  readonly seconds: number;
  readonly callers: number;
}

/**
 * Asks for a random key of a random tenant.
 * @returns the value, or undefined when it is not looked at
 */
export type Ask = (tenant: number, key: number) => Promise<number | undefined>;

const tenants = Number(process.env["TENANTS"]);
const keys = Number(process.env["KEYS"]);

/** Obeys orders until the benchmark ends the process. An error of the database ends it at once. */
export function obey(ask: Ask): void {
  process.on("message", ({ seconds, callers }: Order) => {
    void run(ask, seconds, callers).then((stretch) => process.send?.(stretch));
  });
  process.send?.("ready");
}

async function run(ask: Ask, seconds: number, callers: number): Promise<Stretch> {
  const times = new Histogram();
  let [right, foreign] = [0, 0];
  const began = performance.now();
  const end = began + seconds * 1000;
  const call = async (): Promise<void> => {
    let since = performance.now();
    while (since < end) {
      const [tenant, key] = [random(tenants), random(keys)];
      const value = await ask(tenant, key);
      if (value === undefined || value === tenant * TENANT_FACTOR + key) right += 1;
      else foreign += 1;
      const now = performance.now();
      times.add(now - since);
      since = now;
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  const took = (performance.now() - began) / 1000;
  return {
    requests: times.total,
    seconds: took,
    p50Ms: times.quantile(0.5),
    p99Ms: times.quantile(0.99),
    right,
    foreign,
  };
}

function random(most: number): number {
  return 1 + Math.floor(Math.random() * most);
}
