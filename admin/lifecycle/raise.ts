// Raises tenants: schema, role, privileges, tables and registry rows. All of it is one transaction where the migrations
// may share one, as they do in most folders. Otherwise a new tenant takes the same transactions as an old one that
// migrates; until it is whole it has no host, and a run that fails or is killed leaves nothing that is served.

import { undone } from "../batch/undone.ts";
import type { NewEvent } from "../events/event.ts";
import { changesBetween, newestVersion } from "../migrations/changes.ts";
import { applyOutside } from "../migrations/commands/outside.ts";
import { cutStages, isRoomFor, mayNotShare, readLocks, type Stage } from "../migrations/stages.ts";
import { removeUnfinished, withTemporary, withUnfinished } from "../migrations/unfinished.ts";
import { query, type Registry } from "../registry/registry.ts";
import { lockTenants } from "../registry/tenants/lock.ts";
import { beginTenant, TenantExists } from "./begin.ts";
import {
  type Creation,
  type CreationSource,
  describeCreation,
  type NewTenant,
} from "./creation.ts";
import { requireFreeHosts, requireNoPointer, serveTenant } from "./domain.ts";
import { applyAll, reachVersion, siteOf } from "./reach.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** Fills a new tenant in a transaction; the tenant has the tables of its version, and is not served yet. */
export type Fill<T> = (transaction: Transaction, roleName: string) => Promise<T>;

/** The options of {@link raiseTenant}. */
export interface RaiseOptions {
  /** Completes "Cannot …", such as "add tenant". */
  readonly action: string;
  /** True: the tenant is removed again, and was never visible to others. */
  readonly isTrial?: boolean;
  /** Of its event; left out for a trial, and for a tenant that nobody needs to know of. */
  readonly source?: CreationSource;
}

/**
 * Raises one tenant.
 * @param fill what to do with its tables
 * @returns the result of `fill`
 * @throws {AdminError} when the schema, the role or a host exists already, or a migration fails; nothing remains then
 */
export async function raiseTenant<T>(
  registry: Registry,
  creation: Creation,
  tenant: NewTenant,
  fill: Fill<T>,
  options: RaiseOptions,
): Promise<T> {
  try {
    return await attempt(registry, creation, tenant, fill, options);
  } catch (error) {
    if (!(error instanceof TenantExists)) throw error;
    if (!(await removeUnfinished(registry, tenant.schemaName, options.action))) throw error;
    return attempt(registry, creation, tenant, fill, options);
  }
}

/** Whether a tenant at this version takes one transaction. */
export function isJoint({ fresh, sharing }: Creation, version: number): boolean {
  const stages = cutStages(fresh.slice(0, version), sharing.mode);
  return stages.length <= 1 && stages.every(({ isTransactional }) => isTransactional);
}

async function attempt<T>(
  registry: Registry,
  creation: Creation,
  tenant: NewTenant,
  fill: Fill<T>,
  { action, isTrial = false, source }: RaiseOptions,
): Promise<T> {
  const event = source && describeCreation(registry, creation, tenant, source);
  const version = versionsOf(creation, tenant).to;
  const run = (): Promise<T> => {
    if (isJoint(creation, version)) {
      const work = (transaction: Transaction): Promise<T> =>
        raiseWithin(registry, transaction, creation, tenant, fill, event);
      return isTrial ? undone(registry, work) : registry.withTransaction(work);
    }
    const within = isTrial ? withTemporary : withUnfinished;
    return within(registry, tenant.schemaName, action, () =>
      raiseInStages(registry, creation, tenant, fill, { isTrial, event }),
    );
  };
  const { mode } = creation.sharing;
  try {
    return await run();
  } catch (error) {
    if (version < 2 || mode === "none" || !mayNotShare(error)) throw error;
    creation.sharing.mode = "none";
    return run();
  }
}

/** Raises a tenant within one transaction. */
async function raiseWithin<T>(
  registry: Registry,
  transaction: Transaction,
  creation: Creation,
  tenant: NewTenant,
  fill: Fill<T>,
  event: NewEvent | undefined,
): Promise<T> {
  const { from, to } = versionsOf(creation, tenant);
  const { schemaName } = tenant;
  const ordered = creation.fresh;
  const site = siteOf(registry, creation, schemaName);
  const roleName = await beginTenant(transaction, creation, tenant, true);
  await applyAll(site, transaction, ordered.slice(0, from));
  const result = await fill(transaction, roleName);
  await applyAll(site, transaction, ordered.slice(from, to));
  await reachVersion(transaction, [schemaName], ordered.slice(0, to));
  await serveTenant(transaction, tenant, event);
  return result;
}

async function raiseInStages<T>(
  registry: Registry,
  creation: Creation,
  tenant: NewTenant,
  fill: Fill<T>,
  { isTrial, event }: { readonly isTrial: boolean; readonly event: NewEvent | undefined },
): Promise<T> {
  const { schemaName } = tenant;
  const { from, to } = versionsOf(creation, tenant);
  const ordered = creation.fresh;
  const { mode } = creation.sharing;
  const transact = <R>(work: (transaction: Transaction) => Promise<R>): Promise<R> =>
    registry.withTransaction(async (transaction) => {
      await lockTenants(transaction, schemaName);
      return work(transaction);
    });
  const roleName = await transact(async (transaction) => {
    if (!isTrial && tenant.displaces === undefined) await requireNoPointer(transaction, schemaName);
    // The name comes before its hosts, as in one transaction: an earlier call has created both.
    const name = await beginTenant(transaction, creation, tenant, false);
    await requireFreeHosts(transaction, tenant);
    return name;
  });
  let locks = 0;
  const climb = async (stages: readonly Stage[]): Promise<void> => {
    const site = siteOf(registry, creation, schemaName);
    for (const { migrations, isTransactional } of stages) {
      const [single] = migrations;
      if (!isTransactional && single) await applyOutside(site, single, "up");
      await transact(async (transaction) => {
        if (isTransactional) await applyAll(site, transaction, migrations);
        await reachVersion(transaction, [schemaName], migrations);
        if (mode === "some") locks += await readLocks(transaction);
      });
    }
  };
  await climb(cutStages(ordered.slice(0, from), mode));
  if (isTrial) return undone(registry, (transaction) => fill(transaction, roleName));
  const complete = async (transaction: Transaction): Promise<void> => {
    const text = `update rowhouse.tenant set status = 'active', transition = null where schema_name = $1`;
    await query(transaction, text, [schemaName]);
    await serveTenant(transaction, tenant, event);
  };
  const isLast = from === to;
  const result = await transact(async (transaction) => {
    if (isLast) await complete(transaction);
    return fill(transaction, roleName);
  });
  await climb(cutStages(ordered.slice(from, to), mode));
  if (!isLast) await transact(complete);
  // The stages were cut by what such migrations may take. The next tenant takes as few transactions as these allow.
  if (mode === "some" && isRoomFor(locks)) creation.sharing.mode = "all";
  return result;
}

/** The version at which a tenant is filled, and the one that it then gets. */
function versionsOf(
  { migrations }: Creation,
  { version = newestVersion(migrations), to = version }: NewTenant,
): { readonly from: number; readonly to: number } {
  changesBetween(migrations, version, to);
  return { from: version, to };
}
