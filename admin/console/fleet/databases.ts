// The databases at a glance. One that is down, or slow, is told with the reason, and the others are shown all the same.

import { setTimeout } from "node:timers/promises";
import { databaseNames, findDatabase, isManyfold } from "../../databases/find.ts";
import { FAILED_TENANTS } from "../../inspect/census.ts";
import { newestVersion } from "../../migrations/changes.ts";
import { readRows, type Registry } from "../../registry/registry.ts";
import type { DatabaseFigures, Databases, DatabaseState } from "../api.ts";
import { readKnownVersions } from "./known-versions.ts";

/** Reads the state of each database. */
export type ReadDatabases = () => Promise<Databases>;

// The page waits no longer for the slowest of them.
const PATIENCE_MS = 2000;

/**
 * Prepares the reading; nothing is asked before a page asks.
 * @param explain turns the failure of a database into one line
 * @param patienceMs longest wait for one database
 */
export function createDatabaseReader(
  home: Registry,
  explain: (error: unknown) => string,
  patienceMs: number = PATIENCE_MS,
): ReadDatabases {
  const asked = new Map<string, Promise<DatabaseState>>();
  /** A database that has not answered yet is not asked a second time. */
  const ask = (name: string): Promise<DatabaseState> => {
    const asking = asked.get(name) ?? read(name).finally(() => asked.delete(name));
    asked.set(name, asking);
    return asking;
  };
  const read = async (name: string): Promise<DatabaseState> => {
    try {
      const figures = await readFigures(await findDatabase(home, name));
      return { name, figures, problem: null };
    } catch (error) {
      return { name, figures: null, problem: explain(error) };
    }
  };
  return async () => {
    if (!isManyfold(home)) return [];
    const late = new AbortController();
    const states = await Promise.all(
      databaseNames(home).map(async (name) => {
        const problem = `Database "${name}" has not answered within ${patienceMs / 1000} s`;
        const silence = setTimeout(
          patienceMs,
          { name, figures: null, problem },
          { signal: late.signal },
        );
        return Promise.race([ask(name), silence]);
      }),
    );
    late.abort();
    return states;
  };
}

async function readFigures(registry: Registry): Promise<DatabaseFigures> {
  const newest = newestVersion(await readKnownVersions(registry));
  const [figures] = await readRows<DatabaseFigures>(registry, FIGURES, [newest]);
  if (figures === undefined) throw new Error("Cannot count the tenants: PostgreSQL gave no row");
  return figures;
}

const FIGURES = `
  select count(*)::int as tenants,
      (select count(*)::int from (${FAILED_TENANTS}) as failed) as failed,
      (count(*) filter (where transition is not null))::int as "inTransition",
      (count(*) filter (where transition is null and version < $1))::int as behind
    from rowhouse.tenant`;
