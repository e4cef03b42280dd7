// Drift: tenants whose schema is not what the migrations up to their version make. All are hashed, a few
// thousand to a query; only those whose hash differs are looked at more closely.

import type { Registry } from "../registry/registry.ts";
import type { TenantMigrations } from "../migrations/tenant-migrations.ts";
import { describeDifferences } from "./difference.ts";
import { canonicalize, type Fingerprint, readFingerprints, readHashes } from "./fingerprint.ts";
import { readInBatches } from "./batches.ts";
import { buildReferences, type Reference, type References } from "./reference.ts";

/** A tenant to be compared. */
export interface Versioned {
  readonly schemaName: string;
  readonly version: number;
}

/** A tenant that has drifted. */
export interface Drifted extends Versioned {
  readonly differences: readonly string[];
}

/** What {@link findDrift} found. */
export interface Drift {
  /** How many tenants were compared. */
  readonly compared: number;
  readonly drifted: readonly Drifted[];
  readonly notCompared: readonly { readonly schemaName: string; readonly reason: string }[];
}

const BATCH = 2500;
const DETAILED_BATCH = 1000;

/**
 * Compares tenants with what their versions should have.
 * @param tenants whose schemas exist
 * @throws {ReferenceFailure} when the migrations do not make a schema
 */
export async function findDrift(
  registry: Registry,
  migrations: TenantMigrations,
  tenants: readonly Versioned[],
): Promise<Drift> {
  const versions = [...new Set(tenants.map(({ version }) => version))];
  const references = await buildReferences(registry, migrations, versions);
  const notCompared: { schemaName: string; reason: string }[] = [];
  const known: (Versioned & { readonly reference: Reference })[] = [];
  for (const { schemaName, version } of tenants) {
    const reference = references.versions.get(version);
    if (reference) known.push({ schemaName, version, reference });
    else notCompared.push({ schemaName, reason: `there is no tenant migration ${version}` });
  }
  const texts = new Map(
    [...references.versions.values()].map((reference) => [
      reference,
      textOf(reference, references.schemaName),
    ]),
  );
  const names = known.map(({ schemaName }) => schemaName);
  const hashes = await readInBatches(registry, names, BATCH, readHashes);
  // A name that stands in the text of its reference was replaced in too many places.
  const suspects = known.filter(
    ({ schemaName, reference }) =>
      !hashes.busy.has(schemaName) &&
      ((hashes.found.get(schemaName) ?? "") !== reference.hash ||
        texts.get(reference)?.includes(schemaName) === true),
  );
  const suspected = suspects.map(({ schemaName }) => schemaName);
  const details = await readInBatches(registry, suspected, DETAILED_BATCH, readFingerprints);
  const busy = new Set([...hashes.busy, ...details.busy]);
  const drifted = suspects
    .filter(({ schemaName }) => !busy.has(schemaName))
    .map((suspect) => compare(suspect, details.found.get(suspect.schemaName) ?? [], references))
    .filter(({ differences }) => differences.length > 0);
  for (const schemaName of busy) {
    notCompared.push({ schemaName, reason: "it is locked by another session" });
  }
  const moved = await findMoved(registry, drifted);
  for (const schemaName of moved) {
    notCompared.push({ schemaName, reason: "it was changed meanwhile; look again" });
  }
  return {
    compared: known.length - busy.size - moved.size,
    drifted: drifted.filter(({ schemaName }) => !moved.has(schemaName)),
    notCompared,
  };
}

/** Those that are not at the version any more with which they were compared. */
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

function compare(
  { schemaName, version, reference }: Versioned & { readonly reference: Reference },
  objects: Fingerprint,
  references: References,
): Drifted {
  const should = { schemaName: references.schemaName, objects: reference.objects };
  const differences = describeDifferences({ schemaName, objects }, should, version);
  return { schemaName, version, differences };
}

function textOf({ objects }: Reference, schemaName: string): string {
  const lines = objects.map(({ owner, part, definition }) => `${owner}\n${part}\n${definition}`);
  return canonicalize(lines.join("\n"), schemaName);
}
