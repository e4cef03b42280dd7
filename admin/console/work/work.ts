// Reads the work in progress: the jobs and the run of this console, and the tenants that other programs change.

import { readRows, type Registry, type Transition } from "../../registry/registry.ts";
import { describeTransition } from "../../registry/tenants/transition.ts";
import type { Work } from "../api.ts";
import type { Console } from "../console.ts";

const MOST_ENDED = 10;
const MOST_SHOWN = 200;
// More than a console has jobs, whose tenants are left out.
const MOST_READ = 10_000;

interface Row {
  readonly schemaName: string;
  readonly transition: Transition;
  readonly peer: string | null;
}

/**
 * Reads it in one query.
 * @param registry the database of the tenants that other programs change
 */
export async function readWork(
  registry: Registry,
  { jobs, migrations }: Pick<Console, "jobs" | "migrations">,
): Promise<Work> {
  const rows = await readRows<Row>(
    registry,
    `select schema_name as "schemaName", transition, peer from rowhouse.tenant
      where transition is not null order by schema_name limit ${MOST_READ}`,
  );
  const elsewhere = rows.filter(({ schemaName }) => !jobs.isBusy(schemaName));
  const run = migrations.current();
  const all = jobs.list();
  return {
    jobs: [
      ...all.filter(({ state }) => state === "running"),
      ...all.filter(({ state }) => state !== "running").slice(0, MOST_ENDED),
    ],
    migration: run?.endedAt === null ? run : null,
    elsewhereCount: elsewhere.length,
    elsewhere: elsewhere.slice(0, MOST_SHOWN).map(({ schemaName, transition, peer }) => {
      return { schemaName, transition, advice: describeTransition(transition, schemaName, peer) };
    }),
  };
}
