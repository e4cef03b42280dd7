// Plans an adoption: what would change for each schema, and why a schema is refused. It changes nothing.

import { type Creation, prepareCreation } from "../lifecycle/creation.ts";
import { findVersion } from "../migrations/changes.ts";
import type { Registry } from "../registry/registry.ts";
import type { CheckedTenant, LineProblem } from "../tenant-list/check.ts";
import type { ExistingTenant } from "../tenant-list/existing.ts";
import type { Place } from "../tenant-list/place.ts";
import { findDependents } from "./dependents.ts";
import { readFacts } from "./facts.ts";
import {
  describeMisfit,
  describeNotes,
  describeProblems,
  HOSTLESS,
  MISSING,
  POINTED,
} from "./reasons.ts";
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
  /** Whether its database has it as a tenant already: home gets a pointer to it, and nothing else changes. */
  readonly isTenant?: boolean;
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
  { registry, ...place }: Place,
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
  const present = await place.findExisting(tenants);
  for (const { line, schemaName } of tenants) {
    const found = present.get(schemaName);
    if (found?.problem !== undefined && found.isUnled !== true) refuse(line, found.problem);
  }
  const existing = tenants.filter(
    ({ line, schemaName }) =>
      present.has(schemaName) && present.get(schemaName)?.isUnled !== true && !reasons.has(line),
  );
  const wanted = tenants.filter(({ schemaName }) => !present.has(schemaName));
  const unled = tenants.flatMap(({ line, schemaName }) => {
    const found = present.get(schemaName);
    return found?.isUnled === true && !reasons.has(line) ? [{ ...found, line, schemaName }] : [];
  });
  const taken = await place.findOwners(wanted);
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
    if (hosts.length === 0) refuse(line, HOSTLESS);
    for (const host of hosts) {
      if (taken.has(host)) refuse(line, describeTaken(host, taken));
    }
  }
  const { found, alike } = await findVersions(
    registry,
    migrations,
    names.filter((name) => facts.has(name)),
    version === undefined ? [0, ...migrations.ordered.map(({ position }) => position)] : [version],
  );
  const dependents = await findDependents(registry, names);
  const adoptable = await planPointers(place, registry, unled, refuse);
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

type Unled = ExistingTenant & Pick<CheckedTenant, "line" | "schemaName">;

/** Plans what home gets of tenants that their database has already. */
async function planPointers(
  { findOwners }: Pick<Place, "findOwners">,
  registry: Registry,
  unled: readonly Unled[],
  refuse: (line: number, reason: string) => void,
): Promise<AdoptableTenant[]> {
  const taken = await findOwners(unled);
  const names = unled.map(({ schemaName }) => schemaName);
  const facts = await readFacts(registry, names, "\n");
  const planned: AdoptableTenant[] = [];
  for (const { line, schemaName, hosts, version = 0 } of unled) {
    const known = facts.get(schemaName);
    const host = hosts.find((one) => taken.has(one));
    if (known === undefined) refuse(line, MISSING);
    else if (host !== undefined) refuse(line, describeTaken(host, taken));
    else {
      const { owner, tables, sequences } = known;
      const counted = { version, owner, tables, sequences, notes: [POINTED], isTenant: true };
      planned.push({ line, schemaName, hosts, outcome: "adoptable", ...counted });
    }
  }
  return planned;
}

function describeTaken(host: string, owners: ReadonlyMap<string, string>): string {
  return `host "${host}" belongs to tenant "${owners.get(host)}"`;
}
