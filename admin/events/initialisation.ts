// The event of init-db.

import type { Installation } from "../registry/registry.ts";
import type { EventDetails, NewEvent } from "./event.ts";

/** The result of a run of init-db. */
interface Initialisation extends Installation {
  readonly createdRole: boolean;
  /** The registry migrations that it applied. */
  readonly migrations: readonly string[];
  /** The functions that it took from PUBLIC. */
  readonly closed: readonly string[];
  readonly opened: Readonly<Record<"created" | "tables" | "revoked", readonly string[]>>;
}

/**
 * Builds the event of a run.
 * @param before undefined for the first run in a database
 * @returns an empty list for a run that found everything as it should be
 */
export function describeInitialisation(
  actor: string,
  before: Installation | undefined,
  run: Initialisation,
): readonly NewEvent[] {
  const { createdRole, migrations, serviceRole, tenantRoles, sharedSchemas, opened, closed } = run;
  const shared = before?.sharedSchemas ?? [];
  const details: EventDetails = {
    ...(before === undefined && { serviceRole, tenantRoles }),
    ...(createdRole && { createdRole }),
    ...(migrations.length > 0 && { registryMigrations: migrations }),
    ...(shared.join("\0") !== sharedSchemas.join("\0") && {
      sharedSchemas: { before: shared, after: sharedSchemas },
    }),
    ...(opened.created.length > 0 && { createdSchemas: opened.created }),
    ...(opened.tables.length > 0 && { readableTables: opened.tables }),
    ...(opened.revoked.length > 0 && { revoked: opened.revoked }),
    ...(before !== undefined && closed.length > 0 && { closedFunctions: closed }),
  };
  if (Object.keys(details).length === 0) return [];
  return [{ actor, verb: "init-db", schemaName: null, details }];
}
