// Creates many tenants, several groups at once, one transaction per group. If the process is killed, each tenant is
// complete or does not exist, and the next run creates the rest. The tenants of a failed group are retried one by
// one, so the outcome of a tenant does not depend on its group.

import { mayNotShare } from "../migrations/stages.ts";
import { AdminError, type AdminErrorCode } from "../registry/admin-error.ts";
import {
  adminCode,
  databaseCode,
  databaseMessage,
  isConnectionLost,
} from "../registry/database-code.ts";
import { query, type Registry } from "../registry/registry.ts";
import { TenantTaken } from "../registry/tenants/lock.ts";
import { type NewTenant, prepareCreation } from "../lifecycle/creation.ts";
import { prepareReferences } from "../lifecycle/compare.ts";
import { isJoint } from "../lifecycle/raise.ts";
import { raiseGroup } from "../lifecycle/raise-group.ts";
import { addTenant } from "../lifecycle/tenant.ts";
import { newestVersion } from "../migrations/changes.ts";
import { forEachTenant, type RunOptions, type Turn } from "../batch/for-each-tenant.ts";
import type { Again } from "../batch/queue.ts";
import { isCrowded, isPassing, retryAfter } from "../batch/retry.ts";
import type { CheckedTenant } from "../tenant-list/check.ts";
import type { ExistingTenant } from "../tenant-list/existing.ts";
import { type Place, placeAt } from "../tenant-list/place.ts";
import { readGroupSize, readSettings } from "./group-size.ts";

const ATTEMPTS = 12;
// When a tenant has to wait for another verb, its group gives up, and only that tenant waits.
const GROUP_LOCK_TIMEOUT_MS = 1000;

/** The outcome of one tenant. `existing`: it existed already, with the same hosts. */
export interface IntakeOutcome extends CheckedTenant {
  readonly outcome: "added" | "existing" | "failed";
  /** Of a failure: its code, and why. */
  readonly code?: AdminErrorCode;
  readonly message?: string;
}

/** How many tenants had each outcome; `left` were not started. */
export type IntakeSummary = Readonly<Record<IntakeOutcome["outcome"] | "left", number>>;

/**
 * Creates the tenants that do not exist yet.
 * @param place where; `registry` alone when left out
 * @throws {AdminError} in a database without a registry
 * @throws when the database cannot be reached any more; reported outcomes are final
 */
export async function createTenants(
  registry: Registry,
  tenants: readonly CheckedTenant[],
  options: RunOptions<IntakeOutcome>,
  { create: createIn, findExisting }: Place = placeAt(registry),
): Promise<IntakeSummary> {
  const { concurrency } = options;
  const creation = await prepareCreation(registry);
  const isSimple = (): boolean => isJoint(creation, newestVersion(creation.migrations));
  let most: number | undefined;
  const createAll = async (group: readonly NewTenant[]): Promise<void> => {
    await prepareReferences(
      creation,
      group.map(({ schemaName }) => schemaName),
    );
    await registry.withTransaction(async (transaction) => {
      const before = most === undefined ? await readSettings(transaction) : "";
      if (group.length > 1) {
        await query(transaction, `set local lock_timeout = ${GROUP_LOCK_TIMEOUT_MS}`);
      }
      await raiseGroup(registry, transaction, creation, group);
      most ??= await readGroupSize(transaction, before, concurrency);
    });
  };
  const create = async (
    group: Group,
    { attempt, end }: Turn<IntakeOutcome>,
  ): Promise<Again<Group> | undefined> => {
    const [tenant] = group;
    try {
      await createIn(group, (displaces) =>
        group.length > 1 || (most === undefined && isSimple())
          ? createAll(group.map((one) => ({ ...one, displaces })))
          : addTenant(registry, creation, { ...tenant, displaces }),
      );
      for (const created of group) end({ ...created, outcome: "added" });
      return undefined;
    } catch (error) {
      if (group.length > 1) {
        const { afterMs } = isPassing(error) ? retryAfter(1) : { afterMs: 0 };
        return { afterMs, instead: group.map((one): Group => [one]) };
      }
      if (most === undefined && mayNotShare(error)) {
        most = 1;
        return { afterMs: 0 };
      }
      // Another run, or the session of a killed one, has the name for a moment.
      const isBusy = isPassing(error) || error instanceof TenantTaken;
      if (isCrowded(error, attempt) || (isBusy && attempt < ATTEMPTS)) return retryAfter(attempt);
      if (isConnectionLost(error)) throw error;
      // Another run, or this one before its connection was lost, has created it meanwhile.
      const found = (await findExisting([tenant])).get(tenant.schemaName);
      if (found !== undefined) return end(describeFound(tenant, found));
      const details = error instanceof AdminError ? error.details : {};
      const failure = { code: adminCode(error), message: describe(error) };
      return end({ ...tenant, ...details, outcome: "failed", ...failure });
    }
  };
  const before = { added: 0, existing: 0, failed: 0 };
  const existing = await findExisting(tenants);
  const missing: CheckedTenant[] = [];
  for (const tenant of tenants) {
    const found = existing.get(tenant.schemaName);
    if (found === undefined) missing.push(tenant);
    else {
      const outcome = describeFound(tenant, found);
      before[outcome.outcome] += 1;
      options.report(outcome);
    }
  }
  const groups = cutGroups(missing, (left) =>
    isSimple() ? Math.min(most ?? 1, Math.ceil(left / concurrency)) : 1,
  );
  const { counts, left } = await forEachTenant(groups, before, options, create);
  return { ...counts, left: left.reduce((sum, { length }) => sum + length, 0) };
}

/** Builds the outcome of a tenant that exists. */
function describeFound(tenant: CheckedTenant, { problem, code }: ExistingTenant): IntakeOutcome {
  if (problem === undefined) return { ...tenant, outcome: "existing" };
  return { ...tenant, outcome: "failed", code, message: `Cannot add tenant: ${problem}` };
}

type Group = readonly [CheckedTenant, ...CheckedTenant[]];

/**
 * Cuts tenants into groups, each when it is requested.
 * @param sizeFor returns the next group's size, given the number of remaining tenants
 * @yields a group in the order in which all verbs lock several tenants, so that two never wait for each other
 */
function* cutGroups(
  tenants: readonly CheckedTenant[],
  sizeFor: (left: number) => number,
): Generator<Group, void, undefined> {
  for (let at = 0; at < tenants.length;) {
    const part = tenants.slice(at, at + sizeFor(tenants.length - at));
    at += part.length;
    const [first, ...others] = part.toSorted((a, b) => (a.schemaName < b.schemaName ? -1 : 1));
    if (first !== undefined) yield [first, ...others];
  }
}

function describe(error: unknown): string {
  if (error instanceof AdminError) return error.message;
  return `Cannot add tenant: ${databaseMessage(error)} (SQLSTATE ${databaseCode(error) ?? "none"})`;
}
