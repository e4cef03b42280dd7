// Moves a tenant between databases of one installation. Wherever a run was killed, the same command goes on: home's
// pointer, or the tenant's row, says which two databases take part.

import { commandFor } from "../program/form.ts";
import { AdminError } from "../registry/admin-error.ts";
import { HOME } from "../registry/others.ts";
import { type Displaced, readPointer } from "../registry/pointer.ts";
import { query, type Registry } from "../registry/registry.ts";
import { describeTransition } from "../registry/tenants/transition.ts";
import { lockTenants } from "../registry/tenants/lock.ts";
import {
  type MoveOptions,
  type MoveReport,
  moveTenant,
  type PlannedMove,
  planMove,
} from "../transfer/move/move-tenant.ts";
import { describePlace } from "../transfer/move/place.ts";
import { databaseNames, findDatabase, inEach, locate } from "./find.ts";
import { dropRemnant, hasRemnant } from "./remnants.ts";
import { requireRenamed } from "./unfinished-rename.ts";

/** The result of a move between databases of one installation. */
export interface DatabaseMove extends MoveReport {
  /** The name of the database where the tenant is now. */
  readonly database: string;
}

/**
 * Moves a tenant, and leaves a pointer where it was, so that its clients follow it. What an earlier move has left in the
 * target is an old copy, and is dropped first.
 * @param to the target's name
 * @throws {AdminError} as moveTenant
 */
export async function moveToDatabase(
  home: Registry,
  schemaName: string,
  to: string,
  options: Omit<MoveOptions, "pointers">,
): Promise<DatabaseMove> {
  const target = await findDatabase(home, to);
  const place = describePlace(target.url);
  const source = await findSource(home, target, schemaName);
  if (source === undefined) {
    return { schemaName, database: to, place, copied: undefined, losses: [] };
  }
  if (await isSettled(source, schemaName)) {
    if (source.database !== HOME) await requireRenamed(home, source, schemaName, "move tenant");
    await clear(target, schemaName, options);
  }
  const isHome = target.database === HOME;
  const displaces = displacedBy(target);
  const report = await moveTenant(source, target, schemaName, {
    ...options,
    pointers: {
      database: target.database,
      displaces,
      lead: async () => {
        if (!isHome && source.database !== HOME) {
          await lead(home, schemaName, source.database, target.database);
        }
      },
    },
  });
  return { ...report, database: to };
}

/** What {@link moveToDatabase} would do; undefined when the tenant is there already. Throws as it does. */
export async function planMoveToDatabase(
  home: Registry,
  schemaName: string,
  to: string,
  lossy: boolean,
): Promise<PlannedMove | undefined> {
  const target = await findDatabase(home, to);
  const source = await findSource(home, target, schemaName);
  if (source === undefined) return undefined;
  const isCleared = (await isSettled(source, schemaName)) && (await hasRemnant(target, schemaName));
  const displaces = displacedBy(target);
  return planMove(source, target, schemaName, { lossy, displaces, isCleared });
}

function displacedBy({ database }: Registry): Displaced {
  return database === HOME ? "own" : "all";
}

/** Finds the database that has the tenant, or from which it is arriving; undefined when it has arrived. */
async function findSource(
  home: Registry,
  target: Registry,
  schemaName: string,
): Promise<Registry | undefined> {
  const located = await locate(home, schemaName);
  return located.database === target.database ? findOrigin(home, target, schemaName) : located;
}

/** Whether no move of the tenant has begun. */
async function isSettled(source: Registry, schemaName: string): Promise<boolean> {
  const tenant = await source.Tenant.findByPk(schemaName);
  return tenant?.transition === null;
}

/** Drops what an earlier move has left in the target. */
async function clear(
  target: Registry,
  schemaName: string,
  { onStep }: Pick<MoveOptions, "onStep">,
): Promise<void> {
  if (!(await hasRemnant(target, schemaName))) return;
  await dropRemnant(target, schemaName);
  onStep?.("cleared", `Removed the old copy that an earlier move had left in "${target.database}"`);
}

/**
 * Finds the database from which a tenant is arriving, which has the same move in its row.
 * @returns undefined when the tenant has arrived
 */
async function findOrigin(
  home: Registry,
  target: Registry,
  schemaName: string,
): Promise<Registry | undefined> {
  const tenant = await target.Tenant.findByPk(schemaName);
  if (tenant === null) {
    throw new AdminError(
      `Cannot move tenant: tenant "${schemaName}" does not exist; see ${commandFor("list-tenants")}`,
      { code: "tenant_not_found" },
    );
  }
  const { transition, transferId, peer } = tenant;
  if (transition === null) return undefined;
  if (transition === "arriving" && transferId !== null) {
    const names = databaseNames(home).filter((name) => name !== target.database);
    const isOrigin = async (one: Registry): Promise<boolean> =>
      (await one.Tenant.findByPk(schemaName))?.transferId === transferId;
    const asked = await inEach(home, isOrigin, names);
    const origin = asked.find((one) => one.done && one.result);
    if (origin !== undefined) return findDatabase(home, origin.database);
    for (const one of asked) if (!one.done) throw one.error;
  }
  const advice = describeTransition(transition, schemaName, peer);
  throw new AdminError(`Cannot move tenant: tenant "${schemaName}": ${advice}`, {
    code: "tenant_in_transition",
  });
}

/**
 * Turns home's pointer from the source to the target; its hosts follow.
 * @throws {AdminError} when the pointer leads elsewhere: a later move has set it
 */
async function lead(
  { withTransaction }: Registry,
  schemaName: string,
  source: string,
  target: string,
): Promise<void> {
  await withTransaction(async (transaction) => {
    await lockTenants(transaction, schemaName);
    await query(
      transaction,
      "update rowhouse.pointer set database = $3 where schema_name = $1 and database = $2",
      [schemaName, source, target],
    );
    if ((await readPointer(transaction, schemaName)) === target) return;
    throw new AdminError(
      `Cannot move tenant: home's pointer of "${schemaName}" leads neither to "${source}" nor to "${target}"; ` +
        `see ${commandFor("doctor")}`,
      { code: "tenant_in_transition" },
    );
  });
}
