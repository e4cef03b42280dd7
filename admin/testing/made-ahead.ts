// The tenants that are made before a test asks for them.

import { prepareCreation } from "../lifecycle/creation.ts";
import { raiseTenant } from "../lifecycle/raise.ts";
import type { Registry } from "../registry/registry.ts";

const MADE_AHEAD = 4;

/**
 * Makes tenants, one after the other, before they are asked for; the first one is made when this returns.
 * @returns `take`, which gives the schema's name of the next one, and `end`, which waits for those that are being made
 */
export async function makeAhead(
  registry: Registry,
): Promise<{ readonly take: () => Promise<string>; readonly end: () => Promise<void> }> {
  const creation = await prepareCreation(registry);
  const ready: Promise<string>[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let count = 0;
  const add = (): void => {
    const schemaName = `t${(count += 1)}`;
    const tenant = { schemaName, hosts: [hostOf(schemaName)] };
    const nothing = (): Promise<void> => Promise.resolve();
    const made = last.then(async () => {
      await raiseTenant(registry, creation, tenant, nothing, { action: "make test tenant" });
      return schemaName;
    });
    last = made.catch(() => {});
    ready.push(made);
  };
  const take = (): Promise<string> => {
    while (ready.length <= MADE_AHEAD) add();
    const [next = Promise.reject(new Error("Cannot make test tenant"))] = ready.splice(0, 1);
    return next;
  };
  add();
  await ready[0];
  return { take, end: async () => void (await last) };
}

/** The only host of a tenant. */
export function hostOf(schemaName: string): string {
  return `${schemaName}.test`;
}
