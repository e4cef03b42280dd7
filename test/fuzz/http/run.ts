// All kinds of hostile requests to one service program.

import { readFile } from "node:fs/promises";
import fc from "fast-check";
import type { TestDatabase } from "../../support/database/database.ts";
import { exchange } from "./exchange.ts";
import { type Input, NAMED, requestText, valueOf } from "./input.ts";

// Every tenant, asked for in good order.
const WELL_FORMED: readonly Input[] = NAMED.map(({ tenant, host }) => {
  return {
    bytes: requestText({ lines: [`Host: ${host.replace("*", "a")}`] }),
    allowed: ["200"],
    tenants: [tenant],
    inOrder: [tenant],
  };
});

/** Creates the named tenants, each with its value under key 1. */
export async function addNamedTenants(database: TestDatabase): Promise<void> {
  await database.addTenants(
    Object.fromEntries(NAMED.map(({ schemaName, host }) => [schemaName, host])),
  );
  await database.sql(
    ...NAMED.map(
      ({ schemaName, tenant }) => `insert into ${schemaName}.data values (1, ${valueOf(tenant)})`,
    ),
  );
}

/**
 * Sends `runs` inputs of a kind; afterwards every tenant must be served.
 * @param seen counts the answers by code
 * @throws {Error} for the first finding, in its smallest form and with the seed
 */
export async function fuzzKind(
  port: number,
  inputs: fc.Arbitrary<Input>,
  { seed, runs }: { readonly seed: number; readonly runs: number },
  seen: Map<string, number> = new Map(),
): Promise<void> {
  const property = fc.asyncProperty(inputs, async (input) => {
    for (const code of await exchange(port, input)) seen.set(code, (seen.get(code) ?? 0) + 1);
  });
  await fc.assert(property, { seed, numRuns: runs });
  await Promise.all(WELL_FORMED.map((input) => exchange(port, input)));
}

/** The memory that a process has, in megabytes; 0 where /proc does not tell. */
export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Math.round(Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
}
