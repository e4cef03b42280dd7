// Reads the state of all tenants: counts, and a bounded list of those that need attention. PostgreSQL counts, so the
// result does not grow with the tenants.

import { examineBudget } from "../../doctor/budget.ts";
import { FAILED_TENANTS, type FailedTenant } from "../../inspect/census.ts";
import { describeVersion, nameOf, newestVersion } from "../../migrations/changes.ts";
import {
  readRows,
  type Registry,
  type TenantStatus,
  type Transition,
} from "../../registry/registry.ts";
import { describeTransition } from "../../registry/tenants/transition.ts";
import type { AttentionTenant, Fleet, ServiceState } from "../api.ts";
import { type KnownVersions, readKnownVersions } from "./known-versions.ts";

interface Group {
  readonly database: string;
  readonly status: TenantStatus;
  readonly version: number;
  readonly changing: boolean;
  readonly tenants: number;
}

interface Waiting {
  readonly schemaName: string;
  readonly version: number;
  readonly transition: Transition | null;
  readonly peer: string | null;
}

/** The maximum length of the list of tenants that need attention. */
const MOST_ATTENTION = 200;

/** Reads the state in four queries at once. */
export async function readFleet(
  registry: Registry,
  services: readonly ServiceState[],
): Promise<Fleet> {
  const migrations = await readKnownVersions(registry);
  const newest = newestVersion(migrations);
  const [groups, failed, waiting, budget] = await Promise.all([
    readRows<Group>(registry, GROUPS),
    readRows<FailedTenant & { total: number }>(registry, FAILED),
    readRows<Waiting>(registry, WAITING, [newest]),
    examineBudget(registry),
  ]);
  const count = (fits: (group: Group) => boolean): number =>
    groups.filter(fits).reduce((sum, { tenants }) => sum + tenants, 0);
  const names = new Set(failed.map(({ schemaName }) => schemaName));
  const list = [
    ...failed.map(describeFailed),
    ...waiting
      .filter(({ schemaName }) => !names.has(schemaName))
      .map((tenant) => describeWaiting(tenant, migrations)),
  ];
  return {
    database: await readName(registry, groups),
    tenants: count(() => true),
    newestVersion: newest,
    newestMigration: nameOf(migrations, newest),
    migrationsProblem: migrations.problem,
    statuses: {
      active: count(({ status }) => status === "active"),
      read_only: count(({ status }) => status === "read_only"),
      suspended: count(({ status }) => status === "suspended"),
    },
    versions: countVersions(groups, migrations),
    attention: {
      behind: count(({ version, changing }) => version < newest && !changing),
      failed: failed[0]?.total ?? 0,
      inTransition: count(({ changing }) => changing),
      tenants: list.slice(0, MOST_ATTENTION),
    },
    budget: budget.map(({ level, check, seen, advice = null }) => ({ level, check, seen, advice })),
    services,
  };
}

function countVersions(groups: readonly Group[], migrations: KnownVersions): Fleet["versions"] {
  const counts = new Map<number, number>();
  for (const { version, tenants } of groups) {
    counts.set(version, (counts.get(version) ?? 0) + tenants);
  }
  return [...counts]
    .map(([version, tenants]) => ({ version, migration: nameOf(migrations, version), tenants }))
    .toSorted((a, b) => a.version - b.version);
}

function describeFailed(tenant: FailedTenant): AttentionTenant {
  const { schemaName, version, message, sqlstate, at } = tenant;
  const time = at.toISOString();
  return { schemaName, reason: "failed", version, transition: null, message, sqlstate, at: time };
}

function describeWaiting(tenant: Waiting, migrations: KnownVersions): AttentionTenant {
  const { schemaName, version, transition, peer } = tenant;
  return {
    schemaName,
    reason: transition === null ? "behind" : "transition",
    version,
    transition,
    message:
      transition === null
        ? `at version ${describeVersion(migrations, version)}, behind ${describeVersion(migrations, newestVersion(migrations))}`
        : describeTransition(transition, schemaName, peer),
    sqlstate: null,
    at: null,
  };
}

/** Every group has the name. Without a tenant no group exists, and a query reads it. */
async function readName(registry: Registry, groups: readonly Group[]): Promise<string> {
  if (groups[0] !== undefined) return groups[0].database;
  const text = "select current_database() as database";
  const [row] = await readRows<{ database: string }>(registry, text);
  return row?.database ?? "";
}

const GROUPS = `
  select current_database() as database, status, version, transition is not null as changing,
      count(*)::int as tenants
    from rowhouse.tenant group by status, version, transition is not null`;

const FAILED = `
  select *, (count(*) over ())::int as total from (${FAILED_TENANTS}) as failed
   order by "schemaName" limit ${MOST_ATTENTION}`;

// Twice the number that is shown: some of them may be in the list of failed tenants already.
const WAITING = `
  select schema_name as "schemaName", version, transition, peer
    from rowhouse.tenant where transition is not null or version < $1
   order by transition is null, schema_name limit ${2 * MOST_ATTENTION}`;
