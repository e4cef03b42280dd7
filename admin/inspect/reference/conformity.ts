// Compares schemas with what the migrations make of an empty one, in the transaction that has just migrated them. What a
// migration skipped in silence, because it found the object of another tenant, shows here. Only what the migrations
// change is compared, so that a migration of one table costs the look at one table.

import type { TenantMigrations } from "../../migrations/ordered.ts";
import type { Registry } from "../../registry/registry.ts";
import { describeDifferences } from "../fingerprint/difference.ts";
import {
  readComparable,
  readHashes,
  readPartialHash,
  sumHashes,
  writeHash,
} from "../fingerprint/fingerprint.ts";
import { buildReferences, hasOwnNames, type Reference } from "./reference.ts";
import type { Transaction } from "../../registry/connection/transaction-client.ts";

type Built = Promise<ReadonlyMap<number, Reference>>;

/** The references of a run. They are made together, once for each length of a schema's name if names depend on it. */
export class References {
  readonly #registry: Registry;
  readonly #migrations: TenantMigrations;
  readonly #versions: readonly number[];
  readonly #built = new Map<number, Built>();

  /** @param versions those that will be asked for */
  constructor(registry: Registry, migrations: TenantMigrations, versions: Iterable<number>) {
    this.#registry = registry;
    this.#migrations = migrations;
    this.#versions = [...new Set(versions)];
  }

  /**
   * Returns the reference of a version for a schema's name.
   * @throws {ReferenceFailure} when a migration fails in it
   */
  async find(version: number, schemaName: string): Promise<Reference> {
    const [any] = this.#built.values();
    const shared = await any;
    const isShared = shared !== undefined && ![...shared.values()].some(hasOwnNames);
    const references = isShared ? shared : await this.#build(schemaName.length);
    const reference = references.get(version);
    if (reference !== undefined) return reference;
    throw new Error(`Cannot compare tenant: version ${version} was not built`);
  }

  #build(length: number): Built {
    const known = this.#built.get(length);
    if (known !== undefined) return known;
    const built = buildReferences(this.#registry, this.#migrations, this.#versions, { length });
    // The caller that waits for it gets the failure.
    built.catch(() => {});
    this.#built.set(length, built);
    return built;
  }
}

/** What migrations change: the objects that differ between two versions, and their hash at the second. */
interface Extent {
  readonly owners: readonly string[];
  readonly hash: string;
}

/**
 * Finds what distinguishes a schema from the reference, among the objects that the migrations between two versions
 * change. Call it after setCatalogPath().
 * @param at the version that the schema has: one of the two
 * @returns phrases; empty when it is as it should be
 * @throws {ReferenceFailure} when the reference cannot be made
 */
export async function findNonconformities(
  transaction: Transaction,
  references: References,
  { from, to, at = to }: { readonly from: number; readonly to: number; readonly at?: number },
  schemaName: string,
): Promise<readonly string[]> {
  const [before, after] = [
    await references.find(from, schemaName),
    await references.find(to, schemaName),
  ];
  const reference = at === to ? after : before;
  const { owners, hash } = extentOf(before, after, reference);
  if (owners.length === 0) return [];
  const own = owners.flatMap((owner) => [
    owner.replaceAll(reference.schemaName, schemaName),
    owner.replaceAll(reference.schemaName, `"${schemaName}"`),
  ]);
  const wanted = [...new Set(own)];
  const found = await readPartialHash(transaction, schemaName, wanted);
  // A name that occurs in the text of its reference was replaced in too many places.
  if (found === hash && !reference.text.includes(schemaName)) return [];
  const all = (await readComparable(transaction, [schemaName])).get(schemaName) ?? [];
  return describeDifferences(
    { schemaName, objects: all.filter(({ owner }) => wanted.includes(owner)) },
    { ...reference, objects: reference.objects.filter(({ owner }) => owners.includes(owner)) },
    to,
  );
}

/** Two references of one build have one schema: equal objects have equal hashes. */
function extentOf(before: Reference, after: Reference, at: Reference): Extent {
  const owners = [...new Set([...before.hashes.keys(), ...after.hashes.keys()])].filter((owner) => {
    const [old, now] = [before.hashes.get(owner), after.hashes.get(owner)];
    return old === undefined || now === undefined || writeHash(old) !== writeHash(now);
  });
  const hashes = owners.flatMap((owner) => at.hashes.get(owner) ?? []);
  return { owners, hash: writeHash(sumHashes(hashes)) };
}

/**
 * Finds what distinguishes new schemas from the reference of their version, in one query for all of them. Sets the
 * search_path of the transaction.
 * @returns phrases by schema; schemas that are as they should be are left out
 * @throws {ReferenceFailure} when the reference cannot be made
 */
export async function findUnlike(
  transaction: Transaction,
  references: References,
  version: number,
  schemaNames: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  const hashes = await readHashes(transaction, schemaNames);
  for (const schemaName of schemaNames) {
    const reference = await references.find(version, schemaName);
    const isEqual = (hashes.get(schemaName) ?? "") === reference.hash;
    if (isEqual && !reference.text.includes(schemaName)) continue;
    const objects = (await readComparable(transaction, [schemaName])).get(schemaName) ?? [];
    const differences = describeDifferences({ schemaName, objects }, reference, version);
    if (differences.length > 0) found.set(schemaName, differences);
  }
  return found;
}
