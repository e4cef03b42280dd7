// Reads everything that the page shows of one tenant.

import { describeDetails } from "../../events/describe-details.ts";
import { readEvents } from "../../events/read-events.ts";
import { databaseNames, isManyfold, locate } from "../../databases/find.ts";
import { newestVersion } from "../../migrations/changes.ts";
import { IS_CITUS, relationSize } from "../../citus/sql.ts";
import { databaseCode } from "../../registry/database-code.ts";
import { relationsOf } from "../../registry/relations-of.ts";
import { query, readRows, type Registry } from "../../registry/registry.ts";
import type { Settings, Transition } from "../../registry/registry.ts";
import { describeTransition } from "../../registry/tenants/transition.ts";
import type { Job, MigrationRecord, Status, TenantDetail, TenantTable } from "../api.ts";
import { RequestError } from "../door/request-error.ts";
import { readKnownVersions } from "../fleet/known-versions.ts";
import { isoText } from "./timestamp.ts";

interface Row {
  readonly roleName: string;
  readonly status: Status;
  readonly transition: Transition | null;
  readonly peer: string | null;
  readonly version: number;
  readonly migration: string;
  readonly statementTimeoutMs: number;
  readonly settings: Settings;
  readonly createdAt: string;
  readonly hosts: readonly string[];
  readonly history: readonly MigrationRecord[];
}

const LOCK_TIMEOUT_MS = 300;
const LOCK_NOT_AVAILABLE = "55P03";
const MOST_HISTORY = 100;
const MOST_EVENTS = 20;

/**
 * Reads the tenant in three queries, from the database where it is.
 * @param job the tenant's running job
 * @throws {RequestError} 404 when the tenant does not exist
 */
export async function readTenantDetail(
  home: Registry,
  schemaName: string,
  job: Job | null,
): Promise<TenantDetail> {
  const registry = await locate(home, schemaName);
  const newest = newestVersion(await readKnownVersions(registry));
  const [[row], tables, events] = await Promise.all([
    readRows<Row>(registry, TENANT, [schemaName]),
    readTables(registry, schemaName),
    readEvents(registry, { schemaName, isCurrent: true, limit: MOST_EVENTS }),
  ]);
  if (row === undefined) {
    throw new RequestError(404, `Cannot show tenant: tenant "${schemaName}" does not exist`);
  }
  const { peer, ...rest } = row;
  const { transition } = row;
  const isLocked = tables.some(({ bytes }) => bytes === null);
  return {
    schemaName,
    ...rest,
    advice: transition === null ? null : describeTransition(transition, schemaName, peer),
    newestVersion: newest,
    bytes: isLocked ? null : tables.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    tables,
    events: events.map(({ at, actor, verb, details }) => {
      return { at: at.toISOString(), actor, verb, change: describeDetails(details) };
    }),
    job,
    database: isManyfold(home) ? registry.database : null,
    databases: isManyfold(home)
      ? databaseNames(home).filter((name) => name !== registry.database)
      : [],
  };
}

/** Reading a size takes a lock. While a migration holds it, the sizes are null. */
async function readTables(registry: Registry, schemaName: string): Promise<readonly TenantTable[]> {
  const read = (
    isMeasured: boolean,
  ): Promise<readonly (TenantTable & { bytes: string | null })[]> =>
    registry.withTransaction(async (transaction) => {
      const [server] = await query<{ citus: boolean }>(
        transaction,
        `select ${IS_CITUS} as citus from set_config('lock_timeout', '${LOCK_TIMEOUT_MS}', true)`,
      );
      const size = isMeasured ? relationSize("total", server?.citus === true) : "null::bigint";
      return query(
        transaction,
        `select c.relname as name, ${size} as bytes,
             case when c.reltuples >= 0 then c.reltuples::float8 end as rows
           from pg_catalog.pg_class as c
          where c.oid in (${relationsOf("$1")})
            and c.relkind in ('r', 'p', 'm')
          order by bytes desc nulls last, c.relname`,
        [schemaName],
      );
    });
  const rows = await read(true).catch((error: unknown) => {
    if (databaseCode(error) !== LOCK_NOT_AVAILABLE) throw error;
    return read(false);
  });
  return rows.map(({ name, bytes, rows: estimate }) => ({
    name,
    bytes: bytes === null ? null : Number(bytes),
    rows: estimate,
  }));
}

const TENANT = `
  select role_name as "roleName", status, transition, peer, version,
      (select name from rowhouse.tenant_migration where position = t.version) as migration,
      statement_timeout_ms as "statementTimeoutMs", settings, ${isoText("created_at")} as "createdAt",
      coalesce((select json_agg(host order by host) from rowhouse.domain as d
        where d.schema_name = t.schema_name and d.database is null), '[]') as hosts,
      coalesce((select json_agg(r) from (
          select from_version as "fromVersion", to_version as "toVersion", migration, outcome, ms, sqlstate,
              message, ${isoText("finished_at")} as "finishedAt"
            from rowhouse.migration_run where schema_name = t.schema_name
           order by id desc limit ${MOST_HISTORY}
        ) as r), '[]') as history
    from rowhouse.tenant as t where schema_name = $1`;
