// The state of an installation: the registry's census, missing and excess privileges, drift, and a cluster's problems.

import { readCluster } from "../citus/cluster.ts";
import { clusterProblems } from "../citus/findings.ts";
import { examineTenantMigrations, type TenantMigrations } from "../migrations/ordered.ts";
import { readRegistryAge } from "../migrations/registry-migrations.ts";
import type { Registry } from "../registry/registry.ts";
import type { TenantChoice } from "../registry/tenants/pattern.ts";
import { type Census, takeCensus } from "./census.ts";
import { type Drift, findDrift } from "./drift.ts";
import { type Excess, findExcess } from "./excess.ts";
import { findLacks, type Lack } from "./lack.ts";
import { ReferenceFailure } from "./reference/reference.ts";
import { findStrays, type Strays } from "./strays.ts";

/** The result of {@link readStatus}. */
export interface Status extends Census {
  /** The registry's own migrations that init-db has not yet run; empty when the registry is up to date. */
  readonly registryLacks: readonly string[];
  /** Why other verbs refuse the folder of the tenant migrations; empty when they do not. */
  readonly problems: readonly string[];
  readonly lacks: readonly Lack[];
  readonly excess: readonly Excess[];
  /** Undefined when only some tenants were asked for. */
  readonly strays: Strays | undefined;
  /** Undefined when it was not asked for, or could not be computed. */
  readonly drift: Drift | undefined;
  /** The reason why `drift` is missing although it was asked for. */
  readonly driftProblem: string | undefined;
  /** The problems of the Citus cluster; empty without Citus, or when only some tenants were asked for. */
  readonly cluster: readonly string[];
}

/**
 * Examines the tenants without changing anything.
 * @param choice which tenants
 * @throws {AdminError} for a name that is not a tenant's
 */
export async function readStatus(
  registry: Registry,
  choice: TenantChoice,
  withDrift: boolean,
): Promise<Status> {
  const { migrations, problems } = await examineTenantMigrations(registry);
  const census = await takeCensus(registry, migrations, choice);
  const isWhole = choice.tenants === undefined && !choice.where?.length;
  const names = isWhole ? undefined : census.tenants.map((tenant) => tenant.schemaName);
  const [age, lacks, excess, strays, cluster] = await Promise.all([
    registry.withTransaction(readRegistryAge),
    findLacks(registry, names),
    findExcess(registry, names),
    isWhole ? findStrays(registry) : undefined,
    isWhole ? readCluster(registry) : undefined,
  ]);
  const missing = new Set(
    lacks.filter(({ kind }) => kind === "schema").map(({ schemaName }) => schemaName),
  );
  const whole = census.tenants.filter(
    ({ schemaName, transition }) => transition === null && !missing.has(schemaName),
  );
  const drift =
    withDrift && problems.length === 0 ? await tryDrift(registry, migrations, whole) : {};
  return {
    ...census,
    registryLacks: age.missing,
    problems,
    lacks,
    excess,
    strays,
    cluster: cluster === undefined ? [] : clusterProblems(cluster),
    drift: undefined,
    driftProblem: undefined,
    ...drift,
  };
}

/** Whether a status needs a person's attention. */
export function needsPerson(status: Status): boolean {
  const { problems, failed, lacks, excess, strays, cluster } = status;
  const { drift, driftProblem, transitions, registryLacks } = status;
  return (
    registryLacks.length > 0 ||
    problems.length + failed.length + lacks.length + excess.length + cluster.length > 0 ||
    (drift?.drifted.length ?? 0) > 0 ||
    driftProblem !== undefined ||
    transitions.some(({ transition }) => transition !== "moved") ||
    strays?.schemas.some(({ evidence }) => evidence === "tenant role") === true ||
    (strays?.roles.length ?? 0) > 0
  );
}

async function tryDrift(
  registry: Registry,
  migrations: TenantMigrations,
  tenants: Census["tenants"],
): Promise<Partial<Pick<Status, "drift" | "driftProblem">>> {
  try {
    return { drift: await findDrift(registry, migrations, tenants) };
  } catch (error) {
    if (!(error instanceof ReferenceFailure)) throw error;
    return { driftProblem: error.message };
  }
}
