// The census: the registry's knowledge of its tenants, in three queries for any number of tenants.

import { nameOf, newestVersion } from "../migrations/changes.ts";
import type { TenantMigrations } from "../migrations/ordered.ts";
import {
  readRows,
  type Registry,
  type TenantStatus,
  type Transition,
} from "../registry/registry.ts";
import { pickTenants, type TenantChoice } from "../registry/tenants/pattern.ts";
import { describeTransition } from "../registry/tenants/transition.ts";

/** A tenant as the registry has it. */
interface CountedTenant {
  readonly schemaName: string;
  readonly version: number;
  readonly status: TenantStatus;
  readonly transition: Transition | null;
  /** The other database of a move, as host, port and name. */
  readonly peer: string | null;
}

/** A tenant whose last migration failed, and has not succeeded since. */
export interface FailedTenant {
  readonly schemaName: string;
  readonly version: number;
  readonly to: number;
  /** The migration that failed; null where an older Rowhouse did not record its name. */
  readonly migration: string | null;
  readonly sqlstate: string | null;
  readonly message: string;
  readonly at: Date;
}

/** A tenant whose change has not ended. */
interface ChangingTenant {
  readonly schemaName: string;
  readonly transition: Transition;
  readonly advice: string;
}

/** The state of the tenants. */
export interface Census {
  readonly newestVersion: number;
  /** The name of the newest migration; empty without migrations. */
  readonly newestMigration: string;
  readonly tenants: readonly CountedTenant[];
  /** By ascending version. */
  readonly versions: readonly {
    readonly version: number;
    /** The name of its newest migration; empty for version 0. */
    readonly migration: string;
    readonly tenants: number;
  }[];
  readonly behind: readonly string[];
  readonly failed: readonly FailedTenant[];
  readonly suspended: readonly string[];
  readonly readOnly: readonly string[];
  readonly transitions: readonly ChangingTenant[];
}

/**
 * Counts the tenants.
 * @param choice which tenants
 * @throws {AdminError} for a name that is not a tenant's
 */
export async function takeCensus(
  registry: Registry,
  migrations: TenantMigrations,
  choice: TenantChoice,
): Promise<Census> {
  const all = await readRows<CountedTenant>(
    registry,
    `select schema_name as "schemaName", version, status, transition, peer
       from rowhouse.tenant order by schema_name`,
  );
  const tenants = await pickTenants(registry, all, choice);
  const picked = new Set(tenants.map(({ schemaName }) => schemaName));
  const failed = await readRows<FailedTenant>(registry, FAILED_TENANTS);
  const newest = newestVersion(migrations);
  const counts = new Map<number, number>();
  for (const { version } of tenants) counts.set(version, (counts.get(version) ?? 0) + 1);
  const named = (fits: (tenant: CountedTenant) => boolean): readonly string[] =>
    tenants.filter(fits).map(({ schemaName }) => schemaName);
  return {
    newestVersion: newest,
    newestMigration: nameOf(migrations, newest),
    tenants,
    versions: [...counts]
      .map(([version, count]) => ({
        version,
        migration: nameOf(migrations, version),
        tenants: count,
      }))
      .toSorted((a, b) => a.version - b.version),
    behind: named(({ version, transition }) => version < newest && transition === null),
    failed: failed.filter(({ schemaName }) => picked.has(schemaName)),
    suspended: named(({ status, transition }) => status === "suspended" && transition === null),
    readOnly: named(({ status }) => status === "read_only"),
    transitions: tenants.flatMap(({ schemaName, transition, peer }) =>
      transition === null
        ? []
        : [{ schemaName, transition, advice: describeTransition(transition, schemaName, peer) }],
    ),
  };
}

/** The query for every {@link FailedTenant}: one index lookup for each tenant, whatever the length of the history. */
export const FAILED_TENANTS: string = `
  select t.schema_name as "schemaName", t.version, m.to_version as "to", m.migration, m.sqlstate,
      coalesce(m.message, '') as message, m.finished_at as at
    from rowhouse.tenant as t
   cross join lateral (
      select * from rowhouse.migration_run as r
       where r.schema_name = t.schema_name order by r.id desc limit 1
    ) as m
   where m.outcome = 'failed' and t.transition is null
     and case when m.to_version > m.from_version
       then t.version < m.to_version else t.version > m.to_version end
   order by t.schema_name`;
