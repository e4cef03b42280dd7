// Creates, queries and repairs many tenants.

import type { Registry } from "../registry/registry.ts";
import type { ManyFunctions } from "./contract/contract.ts";
import { withCodes } from "./failure.ts";
import type { EachOptions, EachOutcome, EachSummary, ManyOptions } from "./contract/many.ts";
import { type Controls, createRun } from "./run.ts";
import { locateTenant } from "./tenants.ts";

const KEEP = { rows: 10_000, characters: 16 * 2 ** 20 };

/** Makes the functions. Each loads what it needs when it is called. */
export function manyFunctions(registry: Registry): ManyFunctions {
  return {
    createTenants: (tenants, options = {}) =>
      createRun(options.signal, async (controls) => {
        const { parseNewTenant } = await import("./parse.ts");
        const { createTenants } = await import("../create-many/create-tenants.ts");
        const { findDatabase } = await import("../databases/find.ts");
        const { placeIn } = await import("../databases/place.ts");
        const { AdminError } = await import("../registry/admin-error.ts");
        const there = await findDatabase(registry, options.database);
        const wanted = tenants.map(({ database, ...tenant }, index) => {
          if (database !== undefined && database !== there.database) {
            throw new AdminError(
              `Cannot create tenant "${tenant.schemaName}" in database "${database}": this call of createTenants() ` +
                `creates tenants in database "${there.database}"; call it once for each database`,
              { code: "option_invalid" },
            );
          }
          return { ...parseNewTenant(tenant), line: index + 1 };
        });
        options.onStart?.(wanted.map(({ schemaName }) => schemaName));
        const concurrency = await concurrencyIn(registry, there, options);
        const run = { ...controls, concurrency };
        return createTenants(there, wanted, run, placeIn(registry, there));
      }),
    eachTenant: (sql, options = {}) =>
      createRun(options.signal, async (controls) => {
        const { findDatabase } = await import("../databases/find.ts");
        return runInEach(await findDatabase(registry, options.database), sql, options, controls);
      }),
    repairTenant: (name, { plan, emptySchema, onStep } = {}) =>
      withCodes(async () => {
        const { repairTenant } = await import("../repair/repair-tenant.ts");
        const { schemaName, there } = await locateTenant(registry, name);
        return repairTenant(there, schemaName, {
          plan: plan === true,
          emptySchema: emptySchema === true,
          announce: onStep ?? ((): void => {}),
        });
      }),
    repairTenants: (list, options = {}) =>
      createRun(options.signal, async ({ signal, report }) => {
        const { repairTenants } = await import("../repair/repair-tenants.ts");
        const { findDatabase } = await import("../databases/find.ts");
        const how = { plan: options.plan === true, emptySchema: options.emptySchema === true };
        const there = await findDatabase(registry, options.database);
        const concurrency = await concurrencyOf(there, options);
        return repairTenants(there, list, how, { concurrency, signal, report });
      }),
  };
}

/** The concurrency that a caller wants, or the one by default. */
export async function concurrencyOf(
  registry: Registry,
  { concurrency }: ManyOptions,
): Promise<number> {
  const { CONCURRENCY, defaultConcurrency } = await import("../batch/free-connections.ts");
  if (concurrency === undefined) return defaultConcurrency(registry);
  const { parseWhole } = await import("./parse.ts");
  return parseWhole("concurrency", concurrency, CONCURRENCY.min, CONCURRENCY.max);
}

/** As {@link concurrencyOf}, for work that takes connections of two databases. */
export async function concurrencyIn(
  home: Registry,
  there: Registry,
  options: ManyOptions,
): Promise<number> {
  const both = [...new Set([home, there])];
  return Math.min(...(await Promise.all(both.map((one) => concurrencyOf(one, options)))));
}

async function runInEach(
  registry: Registry,
  text: string,
  options: EachOptions,
  { signal, report }: Controls<EachOutcome>,
): Promise<EachSummary> {
  const { findCommandProblem } = await import("../each-tenant/maintenance.ts");
  const { runInEach } = await import("../each-tenant/each-tenant.ts");
  const { readInstallation } = await import("../registry/installation.ts");
  const { pickTenants } = await import("../registry/tenants/pattern.ts");
  const { AdminError } = await import("../registry/admin-error.ts");
  const { maxFailures = Infinity, keep = KEEP, timeoutMs } = options;
  const [write, asOwner] = [options.write === true, options.asOwner === true];
  const problem = findCommandProblem(text, { write, asOwner });
  if (problem !== undefined) {
    throw new AdminError(`Cannot run the command: it ${problem}`, { code: "option_invalid" });
  }
  const { tenantRoles, sharedSchemas } = await registry.withTransaction(readInstallation);
  const all = await registry.Tenant.findAll({
    attributes: ["schemaName"],
    order: ["schemaName"],
  });
  const names = (await pickTenants(registry, all, options)).map(({ schemaName }) => schemaName);
  options.onStart?.(names);
  const command = { text, write, timeoutMs, keep, tenantRoles, sharedSchemas, asOwner };
  const concurrency = await concurrencyOf(registry, options);
  return runInEach(registry, names, command, { concurrency, maxFailures, signal, report });
}
