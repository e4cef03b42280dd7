// Moves a tenant to a database that only its URL names: it leaves the installation, and no pointer follows it.

import { describeDatabaseError } from "../command/database-error.ts";
import { AdminError } from "../registry/admin-error.ts";
import { variableOf } from "../registry/others.ts";
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
import { inEach, isManyfold, locate } from "./find.ts";

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
  const action = `Cannot move tenant to ${describePlace(target.url)}`;
  const work = (one: Registry): Promise<boolean> => isSameDatabase(one, target);
  for (const one of await inEach(home, work)) {
    if (!one.done) {
      throw new AdminError(
        `${action}: database "${one.database}" cannot be asked whether it is that one, ` +
          `${describeDatabaseError(one.error, variableOf(one.database))}; mend that first`,
        { code: "database_unavailable", cause: one.error },
      );
    }
    if (!one.result) continue;
    throw new AdminError(
      `${action}: it is database "${one.database}", whose pointers clients follow; ` +
        "give that name as --to",
      { code: "option_invalid" },
    );
  }
}
