// The reference of a version: a schema that the migrations make, read after each wanted version, in one transaction
// that is always rolled back. Its name is as long as a tenant's, because PostgreSQL cuts the names that a migration
// derives from it at 63 bytes.

import { randomInt } from "node:crypto";
import type { Transaction } from "sequelize";
import {
  createStep,
  knownVersions,
  runChanges,
  type TenantMigrations,
  type TenantStep,
} from "../migrations/tenant-migrations.ts";
import { databaseCode, databaseMessage } from "../registry/database-code.ts";
import { query, type Registry } from "../registry/registry.ts";
import { type Fingerprint, readFingerprints, readHashes } from "./fingerprint.ts";

/** The content of a schema at one version. */
export interface Reference {
  /** The name of the reference's schema. */
  readonly schemaName: string;
  readonly hash: string;
  readonly objects: Fingerprint;
}

/** The options for making references. */
export interface ReferenceOptions {
  /** The length of the schema's name, from 1 to 48. */
  readonly length: number;
  /** Called with the schema at each version, in its transaction. */
  readonly look?: (transaction: Transaction, schemaName: string) => Promise<void>;
}

/** The error of a migration that fails while a reference is made; its message is one line. */
export class ReferenceFailure extends Error {
  override readonly name = "ReferenceFailure";
}

/** Thrown to have the transaction rolled back. */
class Undo extends Error {}

const LOCK_TIMEOUT_MS = 5000;

// Rare letters, so that a short name of them occurs in texts only where the schema is meant.
const LETTERS = "qxzjkvw";
const OTHERS = `${LETTERS}0123456789`;
const SHORTEST = 3;

// duplicate_table, duplicate_object
const DUPLICATE = new Set(["42P07", "42710"]);

/**
 * Makes the references of these versions, and never leaves anything in the database.
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
  options: ReferenceOptions,
): Promise<ReadonlyMap<number, Reference>> {
  const wanted = knownVersions(migrations).filter((version) => versions.includes(version));
  const build = (length: number): Promise<ReadonlyMap<number, Reference>> =>
    buildNamed(registry, migrations, wanted, { ...options, length });
  try {
    return await build(options.length);
  } catch (error) {
    const isDuplicate =
      error instanceof ReferenceFailure && DUPLICATE.has(databaseCode(error.cause) ?? "");
    if (!isDuplicate || options.length <= SHORTEST) throw error;
    return build(SHORTEST);
  }
}

async function buildNamed(
  registry: Registry,
  migrations: TenantMigrations,
  wanted: readonly number[],
  options: ReferenceOptions,
): Promise<ReadonlyMap<number, Reference>> {
  const found = new Map<number, Reference>();
  try {
    await registry.sequelize.transaction(async (transaction) => {
      await query(transaction, `set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
      const schemaName = await createSchema(transaction, options.length);
      const step = createStep(registry, schemaName, transaction);
      let version = 0;
      for (const next of wanted) {
        await runChanges(migrations, version, next, ({ migration }) => up(migration, step));
        version = next;
        found.set(version, await read(transaction, schemaName));
        await options.look?.(transaction, schemaName);
        // The next migration sees the path that it would see in a tenant.
        await query(transaction, "reset search_path");
      }
      throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  }
  return found;
}

/** Creates a schema under an unused name. */
async function createSchema(transaction: Transaction, length: number): Promise<string> {
  const pick = (from: string): string => from.charAt(randomInt(from.length));
  for (;;) {
    let name = pick(LETTERS);
    while (name.length < Math.max(length, SHORTEST)) name += pick(OTHERS);
    const taken = await query(
      transaction,
      `select from pg_catalog.pg_namespace where nspname = $1
       union all select from rowhouse.tenant where schema_name = $1`,
      [name],
    );
    if (taken.length > 0) continue;
    await query(transaction, `create schema "${name}"`);
    return name;
  }
}

async function up({ name, module }: TenantMigrations[number], step: TenantStep): Promise<void> {
  try {
    await module.up(step);
  } catch (error) {
    const state = databaseCode(error);
    const message = databaseMessage(error).replaceAll(/\s*\n\s*/g, " ");
    throw new ReferenceFailure(
      `Cannot build the reference schema: migration ${name} fails: ${message}` +
        `${state === undefined ? "" : ` (SQLSTATE ${state})`}; mend it, or use --no-drift`,
      { cause: error },
    );
  }
}

async function read(transaction: Transaction, schemaName: string): Promise<Reference> {
  const hashes = await readHashes(transaction, [schemaName]);
  const objects = await readFingerprints(transaction, [schemaName]);
  return {
    schemaName,
    hash: hashes.get(schemaName) ?? "",
    objects: objects.get(schemaName) ?? [],
  };
}
