// Many tenants, several at once, a transaction each: killed at any point, each is whole or not there, and
// the next run does what is left.

import { AdminError } from "../registry/admin-error.ts";
import { databaseCode, databaseMessage, isConnectionLost } from "../registry/database-code.ts";
import type { Registry } from "../registry/registry.ts";
import { createTenantWithin, prepareCreation } from "../registry/tenant.ts";
import { type Again, runQueue } from "../work/queue.ts";
import { isPassing, retryAfter } from "../work/retry.ts";
import type { CheckedTenant } from "./check.ts";
import { findExisting } from "./existing.ts";

const ATTEMPTS = 12;

/** What became of one. `existing`: it was there, with the same hosts. */
export interface IntakeOutcome extends CheckedTenant {
  readonly outcome: "added" | "existing" | "failed";
  readonly message?: string;
}

/** How they are to be created. */
export interface IntakeOptions {
  readonly concurrency: number;
  /** Begins no more once it is aborted; those at work end. */
  readonly signal: AbortSignal;
  /** Called with each outcome, in the order in which they end. */
  readonly report: (outcome: IntakeOutcome) => void;
}

/** How many had each outcome; `left` were not begun. */
export type IntakeSummary = Readonly<Record<IntakeOutcome["outcome"] | "left", number>>;

/**
 * Creates those that are not there.
 * @throws {AdminError} in a database without a registry
 * @throws when the database is not to be reached any more; what was reported has happened
 */
export async function createTenants(
  registry: Registry,
  tenants: readonly CheckedTenant[],
  { concurrency, signal, report }: IntakeOptions,
): Promise<IntakeSummary> {
  const creation = await prepareCreation(registry);
  const counts = { added: 0, existing: 0, failed: 0 };
  const end = (
    tenant: CheckedTenant,
    outcome: IntakeOutcome["outcome"],
    message?: string,
  ): undefined => {
    counts[outcome] += 1;
    report({ ...tenant, outcome, ...(message === undefined ? {} : { message }) });
  };
  const attempts = new Map<string, number>();
  const create = async (tenant: CheckedTenant): Promise<Again | undefined> => {
    try {
      await registry.sequelize.transaction((transaction) =>
        createTenantWithin(registry, transaction, creation, tenant),
      );
      return end(tenant, "added");
    } catch (error) {
      const attempt = (attempts.get(tenant.schemaName) ?? 0) + 1;
      attempts.set(tenant.schemaName, attempt);
      if (isPassing(error) && attempt < ATTEMPTS) return retryAfter(attempt);
      if (isConnectionLost(error)) throw error;
      // Another run, or this one before its connection was lost, has created it meanwhile.
      const found = (await findExisting(registry, [tenant])).get(tenant.schemaName);
      if (found !== undefined && found.problem === undefined) return end(tenant, "existing");
      return end(tenant, "failed", found?.problem ?? describe(error));
    }
  };
  const existing = await findExisting(registry, tenants);
  const missing: CheckedTenant[] = [];
  for (const tenant of tenants) {
    const found = existing.get(tenant.schemaName);
    if (found === undefined) missing.push(tenant);
    else end(tenant, found.problem === undefined ? "existing" : "failed", found.problem);
  }
  const left = await runQueue(missing, concurrency, create, signal);
  return { ...counts, left: left.length };
}

function describe(error: unknown): string {
  if (error instanceof AdminError) return error.message;
  return `Cannot add tenant: ${databaseMessage(error)} (SQLSTATE ${databaseCode(error) ?? "none"})`;
}
