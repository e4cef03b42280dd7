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
  if (isManyfold(home)) await requireForeign(home, url);
  const source = await locate(home, schemaName);
  return withTarget(url, home, (target) => moveTenant(source, target, schemaName, options));
}

/** What {@link moveAway} would do. Throws as it does. */
export async function planMoveAway(
  home: Registry,
  schemaName: string,
  url: string,
  lossy: boolean,
): Promise<PlannedMove> {
  if (isManyfold(home)) await requireForeign(home, url);
  const source = await locate(home, schemaName);
  const how = { lossy, displaces: undefined, isCleared: false };
  return withTarget(url, home, (target) => planMove(source, target, schemaName, how));
}

async function requireForeign(home: Registry, url: string): Promise<void> {
  const place = describePlace(url);
  for (const name of databaseNames(home)) {
    if (describePlace((await findDatabase(home, name)).url) !== place) continue;
    throw new AdminError(
      `Cannot move tenant to ${place}: it is database "${name}", whose pointers clients follow; give that name as --to`,
      { code: "option_invalid" },
    );
  }
}
