// The reference of a version: a schema that the migrations make, read after each wanted version. Its name is as long as
// a tenant's, because PostgreSQL cuts the names that a migration derives from it at 63 bytes.

import { forNewSchema } from "../../migrations/commands/fresh.ts";
import type { TenantMigrations } from "../../migrations/ordered.ts";
import { databaseCode } from "../../registry/database-code.ts";
import type { Registry } from "../../registry/registry.ts";
import {
  canonicalize,
  type Fingerprint,
  type Hash,
  readComparable,
  readOwnerHashes,
  sumHashes,
  writeHash,
} from "../fingerprint/fingerprint.ts";
import { raiseReference, ReferenceFailure } from "./reference-schema.ts";
import type { Transaction } from "../../registry/connection/transaction-client.ts";

export { ReferenceFailure } from "./reference-schema.ts";

/** The content of a schema at one version. */
export interface Reference {
  /** The name of the reference's schema. */
  readonly schemaName: string;
  readonly hash: string;
  /** The hash of each object with its parts, as the reference names the object. */
  readonly hashes: ReadonlyMap<string, Hash>;
  readonly objects: Fingerprint;
  /** The content as the hashes see it, for the search of a name in it. */
  readonly text: string;
}

/** The options for making references. */
export interface ReferenceOptions {
  /** The length of the schema's name, from 1 to 48. */
  readonly length: number;
  /** Called with the schema at each version, in its transaction; and once more when a build begins again. */
  readonly look?: (transaction: Transaction, schemaName: string) => Promise<void>;
}

const SHORTEST = 3;

// duplicate_table, duplicate_object
const DUPLICATE = new Set(["42P07", "42710"]);

/**
 * Makes the references of these versions, and leaves nothing in the database.
 *
 * Where two names are cut to one, the tenant had a shorter name when it was migrated: the reference then has one, too.
 * @param versions the wanted versions; unknown ones are left out
 * @returns the references by version
 * @throws {ReferenceFailure} when a migration fails
 */
export async function buildReferences(
  registry: Registry,
  migrations: TenantMigrations,
  versions: readonly number[],
  { length, look }: ReferenceOptions,
): Promise<ReadonlyMap<number, Reference>> {
  const known = versions.filter((version) => version <= migrations.ordered.length);
  const found = new Map<number, Reference>();
  const visit = async (
    version: number,
    transaction: Transaction,
    schemaName: string,
  ): Promise<void> => {
    if (!known.includes(version)) return;
    found.set(version, await read(transaction, schemaName));
    await look?.(transaction, schemaName);
  };
  const needed = migrations.ordered.slice(0, Math.max(0, ...known)).map(forNewSchema);
  const build = (letters: number): Promise<void> =>
    raiseReference({ registry, ...migrations, ordered: needed }, letters, visit);
  try {
    await build(Math.max(length, SHORTEST));
  } catch (error) {
    const isDuplicate =
      error instanceof ReferenceFailure && DUPLICATE.has(databaseCode(error.cause) ?? "");
    if (!isDuplicate || length <= SHORTEST) throw error;
    await build(SHORTEST);
  }
  return found;
}

async function read(transaction: Transaction, schemaName: string): Promise<Reference> {
  const hashes = await readOwnerHashes(transaction, schemaName);
  const fingerprints = await readComparable(transaction, [schemaName]);
  const objects = fingerprints.get(schemaName) ?? [];
  const lines = objects.map(({ owner, part, definition }) => `${owner}\n${part}\n${definition}`);
  const text = canonicalize(lines.join("\n"), schemaName);
  return { schemaName, hash: writeHash(sumHashes(hashes.values())), hashes, objects, text };
}

/** Whether an object's name contains the schema's. */
export function hasOwnNames({ objects, schemaName }: Reference): boolean {
  return objects.some(({ owner, part }) => `${owner}\n${part}`.includes(schemaName));
}
