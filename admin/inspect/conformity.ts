// Compares schemas with the reference of one version, in a transaction that has just brought them there. What a
// migration skipped in silence, because it found the object of another tenant, shows here.

import type { Transaction } from "sequelize";
import type { TenantMigrations } from "../migrations/ordered.ts";
import type { Registry } from "../registry/registry.ts";
import { describeDifferences } from "./difference.ts";
import { readComparable, readHashes } from "./fingerprint.ts";
import { buildReferences, hasOwnNames, type Reference } from "./reference.ts";

/** The references of a run: each is made once, when it is needed. */
export class References {
  readonly #registry: Registry;
  readonly #migrations: TenantMigrations;
  readonly #built = new Map<string, Promise<Reference>>();
  /** By version: one reference for all lengths of names, where no name contains the schema's. */
  readonly #shared = new Map<number, Promise<Reference | undefined>>();

  constructor(registry: Registry, migrations: TenantMigrations) {
    this.#registry = registry;
    this.#migrations = migrations;
  }

  /**
   * Returns the reference of a version for a schema's name.
   * @throws {ReferenceFailure} when a migration fails in it
   */
  async find(version: number, schemaName: string): Promise<Reference> {
    const shared = this.#shared.get(version);
    if (shared === undefined) {
      const first = this.#build(version, schemaName.length);
      this.#shared.set(
        version,
        first.then(
          (reference) => (hasOwnNames(reference) ? undefined : reference),
          () => undefined,
        ),
      );
      return first;
    }
    return (await shared) ?? this.#build(version, schemaName.length);
  }

  #build(version: number, length: number): Promise<Reference> {
    const key = `${version} ${length}`;
    const known = this.#built.get(key);
    if (known !== undefined) return known;
    const built = buildReferences(this.#registry, this.#migrations, [version], { length }).then(
      (references) => {
        const reference = references.get(version);
        if (reference === undefined)
          throw new Error(`Cannot compare: version ${version} is unknown`);
        return reference;
      },
    );
    // The first caller that waits for it gets the failure.
    built.catch(() => {});
    this.#built.set(key, built);
    return built;
  }
}

/**
 * Finds what distinguishes schemas from the reference of their version. Sets the search_path of the transaction.
 * @param said the version that the phrases name
 * @returns phrases by schema; schemas that are as they should be are left out
 * @throws {ReferenceFailure} when the reference cannot be made
 */
export async function findNonconformities(
  transaction: Transaction,
  references: References,
  version: number,
  schemaNames: readonly string[],
  said: number = version,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  const wanted = new Map<string, Reference>();
  for (const name of schemaNames) wanted.set(name, await references.find(version, name));
  const hashes = await readHashes(transaction, schemaNames);
  const suspects = schemaNames.filter((name) => {
    const reference = wanted.get(name);
    const isEqual = (hashes.get(name) ?? "") === reference?.hash;
    // A name that occurs in the text of its reference was replaced in too many places.
    return !isEqual || reference.text.includes(name);
  });
  if (suspects.length === 0) return found;
  const details = await readComparable(transaction, suspects);
  for (const schemaName of suspects) {
    const reference = wanted.get(schemaName);
    if (reference === undefined) continue;
    const side = { schemaName, objects: details.get(schemaName) ?? [] };
    const differences = describeDifferences(side, reference, said);
    if (differences.length > 0) found.set(schemaName, differences);
  }
  return found;
}
