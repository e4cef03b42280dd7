// Drift: tenants whose schema differs from the one that the migrations up to their version make. All are hashed, a
// few thousand in a query; only those whose hash differs are compared in detail.

import type { Registry } from "../registry/registry.ts";
import type { TenantMigrations } from "../migrations/ordered.ts";
import { describeDifferences } from "./fingerprint/difference.ts";
import { type Fingerprint, readComparable, readHashes } from "./fingerprint/fingerprint.ts";
import { readInBatches } from "./batches.ts";
import { buildReferences, hasOwnNames, type Reference } from "./reference/reference.ts";

/** A tenant to be compared. */
export interface Versioned {
  readonly schemaName: string;
  readonly version: number;
}

/** A tenant that has drifted. */
interface Drifted extends Versioned {
  readonly differences: readonly string[];
}

/** The result of {@link findDrift}. */
export interface Drift {
  /** The number of compared tenants. */
  readonly compared: number;
  readonly drifted: readonly Drifted[];
  readonly notCompared: readonly { readonly schemaName: string; readonly reason: string }[];
}

interface Suspect extends Versioned {
  readonly reference: Reference;
}

const BATCH = 2500;
const DETAILED_BATCH = 1000;

/**
 * Compares tenants with the schemas that their versions should have.
 * @param tenants whose schemas exist
 * @throws {ReferenceFailure} when the migrations do not make a schema
 */
export async function findDrift(
  registry: Registry,
  migrations: TenantMigrations,
  tenants: readonly Versioned[],
): Promise<Drift> {
  const references = await buildReferencesFor(registry, migrations, tenants);
  const notCompared: { schemaName: string; reason: string }[] = [];
  const known: Suspect[] = [];
  for (const { schemaName, version } of tenants) {
    const reference = references.get(schemaName.length)?.get(version);
    if (reference) known.push({ schemaName, version, reference });
    else notCompared.push({ schemaName, reason: `the folder does not have migration ${version}` });
  }
  const names = known.map(({ schemaName }) => schemaName);
  const hashes = await readInBatches(registry, names, BATCH, readHashes);
  // A name that occurs in the text of its reference was replaced in too many places.
  const suspects = known.filter(
    ({ schemaName, reference }) =>
      !hashes.busy.has(schemaName) &&
      ((hashes.found.get(schemaName) ?? "") !== reference.hash ||
        reference.text.includes(schemaName)),
  );
  const suspected = suspects.map(({ schemaName }) => schemaName);
  const details = await readInBatches(registry, suspected, DETAILED_BATCH, readComparable);
  const busy = new Set([...hashes.busy, ...details.busy]);
  const drifted = suspects
    .filter(({ schemaName }) => !busy.has(schemaName))
    .map((suspect) => compare(suspect, details.found.get(suspect.schemaName) ?? []))
    .filter(({ differences }) => differences.length > 0);
  for (const schemaName of busy) {
    notCompared.push({ schemaName, reason: "another session has locked it" });
  }
  const moved = await findMoved(registry, drifted);
  for (const schemaName of moved) {
    notCompared.push({ schemaName, reason: "it changed meanwhile; run it again" });
  }
  return {
    compared: known.length - busy.size - moved.size,
    drifted: drifted.filter(({ schemaName }) => !moved.has(schemaName)),
    notCompared,
  };
}

/** The tenants that have left the version with which they were compared. */
async function findMoved(
  { Tenant }: Registry,
  drifted: readonly Drifted[],
): Promise<ReadonlySet<string>> {
  const schemaName = drifted.map((tenant) => tenant.schemaName);
  const now = schemaName.length > 0 ? await Tenant.findAll({ where: { schemaName } }) : [];
  const versions = new Map(
    now.filter(({ transition }) => transition === null).map((row) => [row.schemaName, row.version]),
  );
  return new Set(
    drifted
      .filter((tenant) => versions.get(tenant.schemaName) !== tenant.version)
      .map((tenant) => tenant.schemaName),
  );
}

/**
 * Makes the references of the tenants' versions, by the length of a tenant's name: one for all lengths, unless the
 * migrations derive names from the schema's name.
 */
export async function buildReferencesFor(
  registry: Registry,
  migrations: TenantMigrations,
  tenants: readonly Versioned[],
): Promise<ReadonlyMap<number, ReadonlyMap<number, Reference>>> {
  const found = new Map<number, ReadonlyMap<number, Reference>>();
  let shared: ReadonlyMap<number, Reference> | undefined;
  for (const length of new Set(tenants.map(({ schemaName }) => schemaName.length))) {
    const isFirst = found.size === 0;
    const group = tenants.filter(({ schemaName }) => isFirst || schemaName.length === length);
    const versions = [...new Set(group.map(({ version }) => version))];
    const references =
      shared ?? (await buildReferences(registry, migrations, versions, { length }));
    found.set(length, references);
    if (isFirst && ![...references.values()].some(hasOwnNames)) shared = references;
  }
  return found;
}

function compare({ schemaName, version, reference }: Suspect, objects: Fingerprint): Drifted {
  return {
    schemaName,
    version,
    differences: describeDifferences({ schemaName, objects }, reference, version),
  };
}
