// Plans an adoption: what would change for each schema, and why a schema is refused. It changes nothing.

import { type Creation, prepareCreation } from "../lifecycle/creation.ts";
import { findVersion } from "../migrations/changes.ts";
import { readRows, type Registry } from "../registry/registry.ts";
import type { CheckedTenant, LineProblem } from "../tenant-list/check.ts";
import { findExisting } from "../tenant-list/existing.ts";
import { findDependents } from "./dependents.ts";
import { readFacts } from "./facts.ts";
import { describeMisfit, describeNotes, describeProblems, MISSING } from "./reasons.ts";
import { type FoundVersions, findVersions } from "./versions.ts";

/** A schema that can be adopted. */
export interface AdoptableTenant extends CheckedTenant {
  readonly outcome: "adoptable";
  readonly version: number;
  /** The owner of the schema, who stays its owner. */
  readonly owner: string;
  readonly tables: number;
  readonly sequences: number;
  /** What a person should know and the adoption leaves as it is. */
  readonly notes: readonly string[];
}

/** A line of the list that cannot be adopted. */
export interface RefusedTenant {
  readonly outcome: "refused";
  readonly line: number;
  /** Undefined when the line has no valid name. */
  readonly schemaName: string | undefined;
  readonly reasons: readonly string[];
}

/** The plan of an adoption. */
export interface AdoptionPlan {
  readonly creation: Creation;
  readonly adoptable: readonly AdoptableTenant[];
  /** Tenants with these hosts already: an earlier run has adopted them. */
  readonly existing: readonly CheckedTenant[];
  /** In the order of the list. */
  readonly refused: readonly RefusedTenant[];
  /** Found versions that an older one cannot be told from. */
  readonly alike: FoundVersions["alike"];
}

/** A checked list of tenants. */
export interface TenantList {
  readonly tenants: readonly CheckedTenant[];
  readonly problems: readonly LineProblem[];
}

/**
 * Makes the plan.
 * @param given the version of all schemas, by name or number; found by their fingerprints when undefined
 * @throws {AdminError} in a database without a registry, or when no migration has the given name
 * @throws {ReferenceFailure} when a migration fails
 */
export async function planAdoption(
  registry: Registry,
  list: TenantList,
  given?: string,
): Promise<AdoptionPlan> {
  const creation = await prepareCreation(registry);
  const { migrations, rolePrefix, installation, admin } = creation;
  const version = given === undefined ? undefined : findVersion(migrations, given);
  const reasons = new Map<number, string[]>();
  const refuse = (line: number, reason: string): void => {
    const known = reasons.get(line);
    if (known) known.push(reason);
    else reasons.set(line, [reason]);
  };
  for (const { line, problem } of list.problems) refuse(line, problem);
  const { tenants } = list;
  const present = await findExisting(registry, tenants);
  for (const { line, schemaName } of tenants) {
    const problem = present.get(schemaName)?.problem;
    if (problem !== undefined) refuse(line, problem);
  }
  const existing = tenants.filter(
    ({ line, schemaName }) => present.has(schemaName) && !reasons.has(line),
  );
  const wanted = tenants.filter(({ schemaName }) => !present.has(schemaName));
  const taken = await readOwners(registry, wanted);
  const names = wanted.map(({ schemaName }) => schemaName);
  const facts = await readFacts(registry, names, installation.tenantRoles ? rolePrefix : "\n");
  for (const { line, schemaName, hosts } of wanted) {
    const known = facts.get(schemaName);
    const problems =
      known === undefined
        ? [MISSING]
        : describeProblems(known, admin.name, installation.serviceRole, rolePrefix);
    for (const problem of problems) refuse(line, problem);
    if (installation.sharedSchemas.includes(schemaName)) {
      refuse(line, "all tenants share it; leave it out");
    }
    for (const host of hosts) {
      const other = taken.get(host);
      if (other !== undefined) refuse(line, `host "${host}" belongs to tenant "${other}"`);
    }
  }
  const { found, alike } = await findVersions(
    registry,
    migrations,
    names.filter((name) => facts.has(name)),
    version === undefined ? [0, ...migrations.ordered.map(({ position }) => position)] : [version],
  );
  const dependents = await findDependents(registry, names);
  const adoptable: AdoptableTenant[] = [];
  for (const tenant of wanted) {
    const { line, schemaName } = tenant;
    const [known, fit] = [facts.get(schemaName), found.get(schemaName)];
    if (known === undefined) continue;
    const misfit = describeMisfit(fit, version !== undefined, migrations);
    // Another reason is often the cause of the difference.
    if (misfit !== undefined && !reasons.has(line)) refuse(line, misfit);
    if (fit === undefined || reasons.has(line)) continue;
    const { owner, tables, sequences } = known;
    const notes = [
      ...fit.differences.map((difference) => `it differs from version ${version}: ${difference}`),
      ...describeNotes(known, dependents.get(schemaName) ?? []),
    ];
    const counted = { owner, tables, sequences, notes };
    adoptable.push({ ...tenant, outcome: "adoptable", version: fit.version, ...counted });
  }
  const nameOf = new Map(tenants.map(({ line, schemaName }) => [line, schemaName]));
  const refused = [...reasons]
    .toSorted(([a], [b]) => a - b)
    .map(([line, texts]): RefusedTenant => {
      return { outcome: "refused", line, schemaName: nameOf.get(line), reasons: texts };
    });
  return { creation, adoptable, existing, refused, alike };
}

/** Finds the tenants that have these hosts, by host. */
async function readOwners(
  registry: Registry,
  tenants: readonly CheckedTenant[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await readRows<{ host: string; schemaName: string }>(
    registry,
    `select host, schema_name as "schemaName" from rowhouse.domain where host = any($1::text[])`,
    [tenants.flatMap(({ hosts }) => hosts)],
  );
  return new Map(rows.map(({ host, schemaName }) => [host, schemaName]));
}
