// Finds the version of the migrations whose tables a schema has, by its fingerprint. All schemas are hashed, thousands in
// a query; only those whose hash fits no version are compared in detail.

import { readInBatches } from "../inspect/batches.ts";
import { describeDifferences } from "../inspect/fingerprint/difference.ts";
import { buildReferencesFor } from "../inspect/drift.ts";
import {
  canonicalize,
  type Fingerprint,
  readComparable,
  readHashes,
} from "../inspect/fingerprint/fingerprint.ts";
import type { Reference } from "../inspect/reference/reference.ts";
import type { TenantMigrations } from "../migrations/ordered.ts";
import type { Registry } from "../registry/registry.ts";

/** A version that a schema has, or the nearest one. */
export interface FoundVersion {
  readonly version: number;
  /** How the schema differs from this version; empty when it fits. */
  readonly differences: readonly string[];
}

/** The result of {@link findVersions}. */
export interface FoundVersions {
  /** By schema; without those that another session has locked. */
  readonly found: ReadonlyMap<string, FoundVersion>;
  /** Found versions with the tables of an older one: the newer has only changed rows, or what fingerprints leave out. */
  readonly alike: readonly { readonly version: number; readonly older: number }[];
}

/** A reference as it is compared with many schemas. */
interface Known {
  readonly version: number;
  readonly reference: Reference;
  readonly lines: ReadonlySet<string>;
}

const BATCH = 2500;
const DETAILED_BATCH = 500;
const NEAREST = 3;

/**
 * Finds the newest version that each schema fits.
 * @param versions the versions to try
 * @throws {ReferenceFailure} when a migration fails
 */
export async function findVersions(
  registry: Registry,
  migrations: TenantMigrations,
  schemaNames: readonly string[],
  versions: readonly number[],
): Promise<FoundVersions> {
  // References differ by the length of a name alone.
  const lengths = new Map(schemaNames.map((schemaName) => [schemaName.length, schemaName]));
  const wanted = [...lengths.values()].flatMap((schemaName) =>
    versions.map((version) => ({ schemaName, version })),
  );
  const references = await buildReferencesFor(registry, migrations, wanted);
  const known = new Map([...references].map(([length, some]) => [length, newestFirst(some)]));
  const hashes = await readInBatches(registry, schemaNames, BATCH, readHashes);
  const found = new Map<string, FoundVersion>();
  const rest: string[] = [];
  for (const schemaName of schemaNames) {
    if (hashes.busy.has(schemaName)) continue;
    const hash = hashes.found.get(schemaName) ?? "";
    const fit = known
      .get(schemaName.length)
      // A name that occurs in the text of a reference was replaced in too many places.
      ?.find(({ reference: one }) => one.hash === hash && !one.text.includes(schemaName));
    if (fit) found.set(schemaName, { version: fit.version, differences: [] });
    else rest.push(schemaName);
  }
  const details = await readInBatches(registry, rest, DETAILED_BATCH, readComparable);
  for (const schemaName of rest) {
    if (details.busy.has(schemaName)) continue;
    const objects = details.found.get(schemaName) ?? [];
    const nearest = findNearest(schemaName, objects, known.get(schemaName.length) ?? []);
    if (nearest) found.set(schemaName, nearest);
  }
  return { found, alike: findAlike(found, known.values().next().value ?? []) };
}

function newestFirst(references: ReadonlyMap<number, Reference>): readonly Known[] {
  return [...references]
    .toSorted(([a], [b]) => b - a)
    .map(([version, reference]) => ({
      version,
      reference,
      lines: linesOf(reference.objects, reference.schemaName),
    }));
}

function linesOf(objects: Fingerprint, schemaName: string): ReadonlySet<string> {
  return new Set(
    objects.map(({ owner, part, definition }) =>
      canonicalize(`${owner}\n${part}\n${definition}`, schemaName),
    ),
  );
}

/** The first of the nearest versions without a difference; otherwise the nearest. */
function findNearest(
  schemaName: string,
  objects: Fingerprint,
  known: readonly Known[],
): FoundVersion | undefined {
  const lines = linesOf(objects, schemaName);
  const nearest = known
    .map((one) => ({ one, distance: distanceBetween(lines, one.lines) }))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, NEAREST)
    .map(({ one: { version, reference } }): FoundVersion => {
      const differences = describeDifferences({ schemaName, objects }, reference, version);
      return { version, differences };
    });
  return nearest.find(({ differences }) => differences.length === 0) ?? nearest[0];
}

function distanceBetween(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const line of a) if (b.has(line)) common += 1;
  return a.size + b.size - 2 * common;
}

function findAlike(
  found: ReadonlyMap<string, FoundVersion>,
  known: readonly Known[],
): FoundVersions["alike"] {
  const fitting = new Set(
    [...found.values()].filter((one) => one.differences.length === 0).map((one) => one.version),
  );
  return known.flatMap(({ version, reference }, index) => {
    const older = known[index + 1];
    return fitting.has(version) && older?.reference.hash === reference.hash
      ? [{ version, older: older.version }]
      : [];
  });
}
