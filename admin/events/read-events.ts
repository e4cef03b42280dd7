// Reads the events, and the done migrations of tenants: those are in `rowhouse.migration_run`, which is written in the same
// transactions, and are not written twice.

import { readRows, type Registry } from "../registry/registry.ts";
import type { EventDetails, EventVerb } from "./event.ts";

/** An event as it is read. */
export interface StoredEvent {
  readonly at: Date;
  /** "unknown" for a migration that an older Rowhouse did. */
  readonly actor: string;
  readonly verb: string;
  readonly schemaName: string | null;
  readonly details: EventDetails;
}

/** Which events to read; all of them when nothing is given. */
export interface EventFilter {
  /** Those of the tenant that has or had this name, under each of its names. */
  readonly schemaName?: string | undefined;
  /** True: without those that are older than the tenant that has the name now. */
  readonly isCurrent?: boolean;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly actor?: string | undefined;
  readonly verb?: EventVerb | undefined;
  /** The newest ones, at most this many. */
  readonly limit: number;
}

/** SQL for the columns `at`, `actor`, `schema_name` and `details` of a row `r` of `migration_run`. */
export const MIGRATION_EVENT = `
  r.finished_at as at, r.actor, r.schema_name, jsonb_build_object('migration', r.migration, 'runId', r.run_id,
    'version', jsonb_build_object('before', r.from_version, 'after', r.to_version)) as details`;

// A rename connects two names. The event of it stands under the new one.
const NAMES = `
  with recursive name (name) as (
    select $1::text
    union
    select case when e.schema_name = n.name then e.details #>> '{schemaName,before}' else e.schema_name end
      from name as n join rowhouse.event as e on e.verb = 'rename-tenant'
        and (e.schema_name = n.name or e.details #>> '{schemaName,before}' = n.name)
  )`;

/** Reads events, the newest first. */
export function readEvents(
  registry: Pick<Registry, "read">,
  { schemaName, isCurrent = false, since, until, actor, verb, limit }: EventFilter,
): Promise<readonly StoredEvent[]> {
  const bind: unknown[] = [];
  const place = (value: unknown): string => `$${bind.push(value)}`;
  const named = schemaName === undefined ? undefined : place(schemaName);
  const conditions = [
    named && "schema_name = any (array(select name from name))",
    named && isCurrent && `at >= (select created_at from rowhouse.tenant where schema_name = $1)`,
    since && `at >= ${place(since.toISOString())}::timestamptz`,
    until && `at < ${place(until.toISOString())}::timestamptz`,
    actor !== undefined && `actor = ${place(actor)}`,
  ].filter((condition) => typeof condition === "string");
  const where = conditions.length > 0 ? `where ${conditions.join(" and ")}` : "";
  const most = place(limit);
  const ofVerb =
    verb === undefined ? "" : `${where === "" ? "where" : "and"} verb = ${place(verb)}`;
  const sources = [
    `select * from rowhouse.event ${where} ${ofVerb} order by at desc, id desc limit ${most}`,
    `select id, at, actor, 'migrate', schema_name, details
       from (select r.id, ${MIGRATION_EVENT} from rowhouse.migration_run as r where outcome = 'migrated') as r
       ${where} order by id desc limit ${most}`,
  ].slice(0, verb === undefined || verb === "migrate" ? 2 : 1);
  return readRows<StoredEvent>(
    registry,
    `${named === undefined ? "" : NAMES}
     select at, coalesce(actor, 'unknown') as actor, verb, schema_name as "schemaName", details
       from (${sources.map((source) => `(${source})`).join(" union all ")}) as e
      order by at desc, id desc limit ${most}`,
    bind,
  );
}
