// The mending of one tenant from its beginning to its end, and the telling of what is left to a person.

import { loadTenantMigrations, type TenantMigrations } from "../migrations/tenant-migrations.ts";
import type { Registry, TenantRow } from "../registry/registry.ts";
import { claimTenant } from "../registry/transition.ts";
import { findDrift } from "./drift.ts";
import { findExcess } from "./excess.ts";
import { planRepair } from "./repair.ts";
import { ReferenceFailure } from "./reference.ts";

/** How {@link repairTenant} is to do it. */
export interface RepairOptions {
  /** True: nothing is changed. */
  readonly plan: boolean;
  /** Whether a missing schema is made anew, with empty tables. */
  readonly emptySchema: boolean;
  /** Called with each step before any is taken. */
  readonly announce: (step: string) => void;
}

/** What {@link repairTenant} did, or would do. */
export interface Repair {
  readonly steps: readonly string[];
  /** What a person has to judge: privileges too many, and drift. */
  readonly told: readonly string[];
}

/** What {@link mendTenant} did, or would do. */
export interface Mending {
  readonly tenant: TenantRow;
  readonly steps: readonly string[];
  /** For a person: what would change a role that another database uses. */
  readonly left: readonly string[];
  /** Whether there is a schema to look at. */
  readonly isThere: boolean;
}

/**
 * Mends a tenant, and looks at nothing else. All or nothing, and nothing the second time.
 * @throws {AdminError} when there is no such tenant, a longer change of it has not ended, or its schema is
 *   missing and is not to be made anew
 */
export function mendTenant(
  registry: Registry,
  migrations: TenantMigrations,
  schemaName: string,
  { plan, emptySchema, announce }: RepairOptions,
): Promise<Mending> {
  return registry.sequelize.transaction(async (transaction) => {
    const tenant = await claimTenant(registry, transaction, schemaName, "repair tenant");
    const { steps, left } = await planRepair(
      registry,
      transaction,
      tenant,
      migrations,
      emptySchema,
    );
    for (const { what } of steps) announce(what);
    if (!plan) for (const step of steps) await step.perform();
    const created = steps.some(({ createsSchema }) => createsSchema === true);
    return { steps: steps.map(({ what }) => what), left, tenant, isThere: !(plan && created) };
  });
}

/**
 * Mends a tenant, and tells what is left.
 * @throws {AdminError} as {@link mendTenant}
 */
export async function repairTenant(
  registry: Registry,
  schemaName: string,
  options: RepairOptions,
): Promise<Repair> {
  const migrations = await loadTenantMigrations(registry);
  const { steps, left, tenant, isThere } = await mendTenant(
    registry,
    migrations,
    schemaName,
    options,
  );
  const excess = await findExcess(registry, [schemaName]);
  const told = [...left, ...excess.map(({ problem }) => problem)];
  if (isThere) told.push(...(await tellDrift(registry, migrations, tenant)));
  return { steps, told };
}

async function tellDrift(
  registry: Registry,
  migrations: TenantMigrations,
  { schemaName, version }: TenantRow,
): Promise<readonly string[]> {
  try {
    const { drifted, notCompared } = await findDrift(registry, migrations, [
      { schemaName, version },
    ]);
    return [
      ...drifted.flatMap(({ differences }) => differences),
      ...notCompared.map(({ reason }) => `its tables could not be compared: ${reason}`),
    ];
  } catch (error) {
    if (!(error instanceof ReferenceFailure)) throw error;
    return [error.message];
  }
}
