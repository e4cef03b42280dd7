// Deletes what is older than an installation wants to keep: events, and the records of done migrations.

import { setImmediate } from "node:timers/promises";
import { readRows, type Registry } from "../registry/registry.ts";

const MOST_AT_ONCE = 10_000;

/** How many rows were deleted. */
export interface DeletedEvents {
  readonly events: number;
  readonly migrations: number;
}

const OLD_EVENTS = "from rowhouse.event where at < $1::timestamptz";
// The last record of a tenant stays, and with it each failure that status tells.
const OLD_MIGRATIONS = `
  from rowhouse.migration_run as r
 where r.finished_at < $1::timestamptz and exists (
   select from rowhouse.migration_run as later where later.schema_name = r.schema_name and later.id > r.id)`;

const EVENTS = `
  with gone as (
    delete from rowhouse.event where id in (
      select id ${OLD_EVENTS} order by at limit $2)
    returning 1
  ),`;

const MIGRATIONS = `
  with gone as (
    delete from rowhouse.migration_run where id in (
      select r.id ${OLD_MIGRATIONS} order by r.id limit $2)
    returning 1
  ),`;

/**
 * Deletes them, at most 10,000 in a transaction. Each transaction that deletes something writes an event.
 * @param before what happened before this time is deleted
 * @param signal ends it after the transaction that runs
 */
export async function deleteEvents(
  registry: Registry,
  before: Date,
  signal: AbortSignal,
): Promise<DeletedEvents> {
  const run = async (deletion: string, what: string): Promise<number> => {
    let total = 0;
    for (;;) {
      const [row] = await readRows<{ count: number }>(
        registry,
        `${deletion} noted as (
           insert into rowhouse.event (actor, verb, details)
           select $3, 'log', jsonb_build_object($4::text, count(*), 'before', $1::timestamptz)
             from gone having count(*) > 0
         )
         select count(*)::int as count from gone`,
        [before.toISOString(), MOST_AT_ONCE, registry.actor, what],
      );
      const { count = 0 } = row ?? {};
      total += count;
      if (count < MOST_AT_ONCE || signal.aborted) return total;
      await setImmediate();
    }
  };
  const events = await run(EVENTS, "deletedEvents");
  return { events, migrations: signal.aborted ? 0 : await run(MIGRATIONS, "deletedMigrations") };
}

/** Counts what {@link deleteEvents} would delete. */
export async function countOldEvents(registry: Registry, before: Date): Promise<DeletedEvents> {
  const count = async (rows: string): Promise<number> => {
    const text = `select count(*)::int as count ${rows}`;
    const [row] = await readRows<{ count: number }>(registry, text, [before.toISOString()]);
    return row?.count ?? 0;
  };
  return { events: await count(OLD_EVENTS), migrations: await count(OLD_MIGRATIONS) };
}
