// Moves a tenant to a database that only its URL names: it leaves the installation, and no pointer follows it.

import { AdminError } from "../registry/admin-error.ts";
import type { Registry } from "../registry/registry.ts";
import {
  type MoveOptions,
  type MoveReport,
  moveTenant,
  type PlannedMove,
  planMove,
} from "../transfer/move/move-tenant.ts";
import { isSameDatabase } from "../transfer/move/lock.ts";
import { describePlace } from "../transfer/move/place.ts";
import { withTarget } from "../transfer/move/target.ts";
import { databaseNames, findDatabase, isManyfold, locate } from "./find.ts";

/**
 * Moves a tenant from where it is to another database.
 * @throws {AdminError} as moveTenant, and when the database has a name
 */
export async function moveAway(
  home: Registry,
  schemaName: string,
  url: string,
  options: Omit<MoveOptions, "pointers">,
): Promise<MoveReport> {
  const source = await locate(home, schemaName);
  return withTarget(url, home, async (target) => {
    await requireForeign(home, target);
    return moveTenant(source, target, schemaName, options);
  });
}

/** What {@link moveAway} would do. Throws as it does. */
export async function planMoveAway(
  home: Registry,
  schemaName: string,
  url: string,
  lossy: boolean,
): Promise<PlannedMove> {
  const source = await locate(home, schemaName);
  const how = { lossy, displaces: undefined, isCleared: false };
  return withTarget(url, home, async (target) => {
    await requireForeign(home, target);
    return planMove(source, target, schemaName, how);
  });
}

/** Refuses a database that has a name, by whatever URL; also when one with a name cannot be asked. */
async function requireForeign(home: Registry, target: Registry): Promise<void> {
  if (!isManyfold(home)) return;
  for (const name of databaseNames(home)) {
    if (!(await isSameDatabase(await findDatabase(home, name), target))) continue;
    throw new AdminError(
      `Cannot move tenant to ${describePlace(target.url)}: it is database "${name}", whose pointers clients follow; ` +
        "give that name as --to",
      { code: "option_invalid" },
    );
  }
}
