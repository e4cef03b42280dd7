// Repairs one tenant in one transaction, and reports the problems that a person has to judge.

import { type NewEvent, recordEvents } from "../events/event.ts";
import {
  examineTenantMigrations,
  loadTenantMigrations,
  type TenantMigrations,
} from "../migrations/ordered.ts";
import { isUnfinished, removeUnfinished } from "../migrations/unfinished.ts";
import type { Registry, TenantRow } from "../registry/registry.ts";
import { claimTenant } from "../registry/tenants/transition.ts";
import { findDrift } from "../inspect/drift.ts";
import { findExcess } from "../inspect/excess.ts";
import { planRepair } from "./repair.ts";
import { ReferenceFailure } from "../inspect/reference/reference.ts";

const MOST_STEPS = 100;

/** The options of {@link repairTenant}. */
export interface RepairOptions {
  /** True: nothing is changed. */
  readonly plan: boolean;
  /** Whether to create a missing schema again, with empty tables. */
  readonly emptySchema: boolean;
  /** Called with each step before the first one runs. */
  readonly announce: (step: string) => void;
}

/** The result of {@link repairTenant}, or its plan. */
export interface Repair {
  readonly steps: readonly string[];
  /** The problems that a person has to judge: excess privileges, and drift. */
  readonly told: readonly string[];
}

/** The result of {@link mendTenant}, or its plan. */
export interface Mending {
  readonly tenant: TenantRow;
  readonly steps: readonly string[];
  /** The changes left to a person, because another database uses the role. */
  readonly left: readonly string[];
  /** Whether the schema exists. */
  readonly isThere: boolean;
}

/**
 * Mends a tenant's lacks, completely or not at all. A second run does not change anything.
 * @throws {AdminError} when the tenant does not exist, a longer change of it has not ended, or its schema is
 *   missing and `emptySchema` is false
 */
export function mendTenant(
  registry: Registry,
  migrations: TenantMigrations,
  schemaName: string,
  { plan, emptySchema, announce }: RepairOptions,
): Promise<Mending> {
  return registry.withTransaction(async (transaction) => {
    const tenant = await claimTenant(transaction, schemaName, "repair tenant");
    const { steps, left } = await planRepair(
      registry,
      transaction,
      tenant,
      migrations,
      emptySchema,
    );
    for (const { what } of steps) announce(what);
    if (!plan && steps.length > 0) {
      for (const step of steps) await step.perform();
      await recordEvents(transaction, [eventOf(registry, schemaName, steps)]);
    }
    const created = steps.some(({ createsSchema }) => createsSchema === true);
    return { steps: steps.map(({ what }) => what), left, tenant, isThere: !(plan && created) };
  });
}

/**
 * Mends a tenant, and reports the problems that remain.
 * @throws {AdminError} as {@link mendTenant}
 */
export async function repairTenant(
  registry: Registry,
  schemaName: string,
  options: RepairOptions,
): Promise<Repair> {
  const removed = await repairUnfinished(registry, schemaName, options);
  if (removed !== undefined) return removed;
  const { migrations, problems } = await readMigrations(registry, options);
  const { steps, left, tenant, isThere } = await mendTenant(
    registry,
    migrations,
    schemaName,
    options,
  );
  const excess = await findExcess(registry, [schemaName]);
  const told = [...left, ...excess.map(({ problem }) => problem), ...problems];
  if (isThere && problems.length === 0) {
    told.push(...(await tellDrift(registry, migrations, tenant)));
  }
  return { steps, told };
}

/** Reads the migrations. A folder that contradicts the registry does not keep grants from being repaired. */
export async function readMigrations(
  registry: Registry,
  { emptySchema }: Pick<RepairOptions, "emptySchema">,
): ReturnType<typeof examineTenantMigrations> {
  if (!emptySchema) return examineTenantMigrations(registry);
  return { migrations: await loadTenantMigrations(registry), problems: [] };
}

/** Removes a tenant whose creation was killed; it was never served. Returns undefined for another tenant. */
export async function repairUnfinished(
  registry: Registry,
  schemaName: string,
  { plan, announce }: Pick<RepairOptions, "plan" | "announce">,
): Promise<Repair | undefined> {
  const { withTransaction } = registry;
  if (!(await withTransaction((one) => isUnfinished(one, schemaName)))) return undefined;
  const step = `remove tenant "${schemaName}", whose creation was not finished`;
  announce(step);
  if (!plan) {
    const event = eventOf(registry, schemaName, [{ what: step }]);
    await removeUnfinished(registry, schemaName, "repair tenant", event);
  }
  return { steps: [step], told: [] };
}

function eventOf(
  { actor }: Registry,
  schemaName: string,
  all: readonly { readonly what: string }[],
): NewEvent {
  const steps = all.slice(0, MOST_STEPS).map(({ what }) => what);
  const more = all.length - steps.length;
  const details = { steps, ...(more > 0 && { more }) };
  return { actor, verb: "repair", schemaName, details };
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
