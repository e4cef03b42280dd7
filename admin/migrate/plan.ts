// Plans a run of the migrations: the tenants, and their versions before and after. It changes
// nothing.

import { changesBetween, newestVersion } from "../migrations/changes.ts";
import type { TenantMigrations } from "../migrations/ordered.ts";
import { requireNewest } from "../migrations/recorded.ts";
import { readRows, type Registry, type Transition } from "../registry/registry.ts";
import { pickTenants, type TenantChoice } from "../registry/tenants/pattern.ts";
import { describeTransition } from "../registry/tenants/transition.ts";

/** The size of a canary: a number of tenants, or a part of them as in `{ percent: 5 }`. */
export type Canary = { readonly count: number } | { readonly percent: number };

/** The tenants to migrate, and their target. */
export interface PlanOptions extends TenantChoice {
  /** The target version; the newest when undefined. */
  readonly to?: number | undefined;
  /** Limits the run to this part of the tenants that are behind. */
  readonly canary?: Canary | undefined;
}

/** A tenant to migrate. */
interface PlannedTenant {
  readonly schemaName: string;
  readonly version: number;
}

/** The plan of a run. */
export interface MigrationPlan {
  readonly target: number;
  readonly tenants: readonly PlannedTenant[];
  /** Tenants that cannot be migrated now, with the reason. */
  readonly skipped: readonly { readonly schemaName: string; readonly reason: string }[];
  /** How many tenants the canary leaves for a later run. */
  readonly held: number;
}

interface Found extends PlannedTenant {
  readonly transition: Transition | null;
  readonly peer: string | null;
}

/**
 * Makes the plan.
 * @throws {AdminError} for an unknown version or tenant, when a migration on the way cannot be undone, or when another
 *   folder was used meanwhile
 */
export async function planMigration(
  registry: Registry,
  migrations: TenantMigrations,
  { to, canary, ...choice }: PlanOptions,
): Promise<MigrationPlan> {
  const target = to ?? newestVersion(migrations);
  changesBetween(migrations, target, target);
  const text = `select schema_name as "schemaName", version, transition, peer from rowhouse.tenant`;
  const other = to === undefined ? "version < $1" : "version <> $1";
  // With names given, it reads all tenants, to distinguish an unknown tenant from one that is up to date.
  const found = await readRows<Found>(
    registry,
    `${text} ${choice.tenants === undefined ? `where ${other}` : "where $1 >= 0"} order by schema_name`,
    [target],
  );
  const picked = (await pickTenants(registry, found, choice)).filter(({ version }) =>
    to === undefined ? version < target : version !== target,
  );
  const skipped: { schemaName: string; reason: string }[] = [];
  const ready: PlannedTenant[] = [];
  for (const { schemaName, version, transition, peer } of picked) {
    if (transition === null) ready.push({ schemaName, version });
    else skipped.push({ schemaName, reason: describeTransition(transition, schemaName, peer) });
  }
  for (const version of new Set(ready.map((tenant) => tenant.version))) {
    changesBetween(migrations, version, target);
  }
  // A run with another folder may have migrated all of them since this one was loaded.
  if (ready.length === 0) await requireNewest(registry, migrations.ordered);
  const chosen = canary === undefined ? ready : chooseCanary(ready, canary);
  return { target, tenants: chosen, skipped, held: ready.length - chosen.length };
}

function chooseCanary(ready: readonly PlannedTenant[], canary: Canary): readonly PlannedTenant[] {
  const count = "count" in canary ? canary.count : Math.ceil((ready.length * canary.percent) / 100);
  const left = [...ready];
  const chosen: PlannedTenant[] = [];
  while (chosen.length < count && left.length > 0) {
    chosen.push(...left.splice(Math.floor(Math.random() * left.length), 1));
  }
  return chosen.toSorted((a, b) => (a.schemaName < b.schemaName ? -1 : 1));
}
