// What moves have left behind: a suspended tenant beside a pointer, an old copy of one that lives in another database.

import { dropTenant } from "../drop/drop.ts";
import { commandFor } from "../program/form.ts";
import { AdminError } from "../registry/admin-error.ts";
import { findPointer } from "../registry/pointer.ts";
import type { Registry } from "../registry/registry.ts";
import { databaseNames, inEach, locate } from "./find.ts";
import { requireArrived } from "./unfinished-move.ts";

/** The result of dropping remnants. */
export interface DroppedRemnants {
  readonly schemaName: string;
  /** The databases where something was left; empty when nothing was. */
  readonly databases: readonly string[];
  /** The databases that could not be asked. */
  readonly unreachable: readonly string[];
}

/**
 * Returns whether a database has what a move left behind: the tenant's row says so, or says that it is being dropped,
 * and a pointer leads away.
 */
export async function hasRemnant(registry: Registry, schemaName: string): Promise<boolean> {
  const tenant = await registry.Tenant.findByPk(schemaName);
  if (tenant?.transition !== "moved" && tenant?.transition !== "dropping") return false;
  return (await findPointer(registry, schemaName)) !== undefined;
}

/** Drops one remnant, without a backup: the tenant itself lives elsewhere. The pointer stays. */
export async function dropRemnant(
  registry: Registry,
  schemaName: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  await dropTenant(registry, schemaName, { backup: undefined, isRemnant: true, signal });
}

/**
 * Drops what moves have left of a tenant, in every database that can be reached. It never touches the tenant itself.
 * @throws {AdminError} when its last move has not ended, or objects outside depend on a remnant
 */
export async function dropRemnants(
  home: Registry,
  schemaName: string,
  signal: AbortSignal,
): Promise<DroppedRemnants> {
  const there = await locate(home, schemaName);
  // The move needs both rows until its end.
  await requireArrived(there, schemaName, "drop old copies");
  const names = databaseNames(home).filter((name) => name !== there.database);
  const found = await inEach(home, (one) => hasRemnant(one, schemaName), names);
  const left = found.filter((one) => one.done && one.result);
  const dropped = await inEach(
    home,
    (one) => dropRemnant(one, schemaName, signal),
    left.map(({ database }) => database),
  );
  for (const one of dropped) if (!one.done) throw one.error;
  return {
    schemaName,
    databases: dropped.map(({ database }) => database),
    unreachable: found.filter(({ done }) => !done).map(({ database }) => database),
  };
}

/**
 * Refuses a tenant of which moves have left something, so that nobody drops or renames the one for the other.
 * @param action completes "Cannot …", such as "drop tenant"
 * @returns the registry of the database where the tenant lives
 * @throws {AdminError} that names the database, and when the last move has not ended
 */
export async function requireNoRemnants(
  home: Registry,
  schemaName: string,
  action: string,
): Promise<Registry> {
  const there = await locate(home, schemaName);
  await requireArrived(there, schemaName, action);
  const names = databaseNames(home).filter((name) => name !== there.database);
  const found = await inEach(home, (one) => hasRemnant(one, schemaName), names);
  const left = found.find((one) => one.done && one.result);
  if (left === undefined) return there;
  throw new AdminError(
    `Cannot ${action}: tenant "${schemaName}" lives in database "${there.database}", and database "${left.database}" ` +
      `has an old copy that its move left; first remove that with ${commandFor("drop-tenant")} ${schemaName} --remnant`,
    { code: "tenant_in_transition" },
  );
}
