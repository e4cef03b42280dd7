// Pointers that a killed run has left at home: the database to which they lead does not have the tenant.

import { describeDatabaseError, describeFailure } from "../command/database-error.ts";
import { IS_UNFINISHED } from "../migrations/unfinished.ts";
import { commandFor } from "../program/form.ts";
import { AdminError, type AdminErrorCode } from "../registry/admin-error.ts";
import { findPointers } from "../registry/pointer.ts";
import { readRows, type Registry } from "../registry/registry.ts";
import type { Wanted } from "./create.ts";
import { findDatabase, isManyfold } from "./find.ts";

/** Why a name that home has for another database is not an existing tenant. */
export interface Uncreated {
  /** Stands after "Cannot …: ". */
  readonly problem: string;
  readonly code: AdminErrorCode;
}

/**
 * Finds those of these names whose pointer leads to nothing, or to a database that cannot be asked. Where only one
 * database is configured, home's pointers count as they are.
 * @param except a database whose pointers are left out
 */
export async function findUncreated(
  home: Registry,
  wanted: readonly Wanted[],
  except?: string,
): Promise<ReadonlyMap<string, Uncreated>> {
  const found = new Map<string, Uncreated>();
  if (!isManyfold(home)) return found;
  const names = wanted.map(({ schemaName }) => schemaName);
  const pointers = await findPointers(home, names);
  for (const database of new Set(pointers.values())) {
    if (database === except) continue;
    const led = wanted.filter(({ schemaName }) => pointers.get(schemaName) === database);
    const judge = await findJudge(home, database, led);
    for (const one of led) {
      const uncreated = judge(one);
      if (uncreated !== undefined) found.set(one.schemaName, uncreated);
    }
  }
  return found;
}

type Judge = (tenant: Wanted) => Uncreated | undefined;

async function findJudge(home: Registry, database: string, led: readonly Wanted[]): Promise<Judge> {
  try {
    const rows = await readRows<{ name: string }>(
      await findDatabase(home, database),
      `select schema_name as name from rowhouse.tenant
        where schema_name = any($1::text[]) and not coalesce(${IS_UNFINISHED}, false)`,
      [led.map(({ schemaName }) => schemaName)],
    );
    const present = new Set(rows.map(({ name }) => name));
    return (one) => (present.has(one.schemaName) ? undefined : describeLost(one, database));
  } catch (error) {
    const reason =
      error instanceof AdminError ? describeFailure(error) : describeDatabaseError(error);
    return ({ schemaName }) => ({
      problem: `"${schemaName}" belongs to database "${database}", which was not asked: ${reason}`,
      code: "database_unavailable",
    });
  }
}

function describeLost({ schemaName, hosts }: Wanted, database: string): Uncreated {
  const [first = "HOST", ...others] = hosts;
  const more = others.map((host) => ` --host ${host}`).join("");
  return {
    problem:
      `home points to database "${database}" for "${schemaName}", which does not have the tenant: a creation or a ` +
      `rename has not ended; run it again, such as ${commandFor("add-tenant")} ${first} ${schemaName}${more} ` +
      `--database ${database}, or take the name back with ${commandFor("drop-tenant")} ${schemaName}`,
    code: "tenant_in_transition",
  };
}
