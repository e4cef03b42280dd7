// What a tenant of a version should have: a schema that the migrations make, looked at after each version
// that is asked for, in one transaction that is always rolled back.

import { randomBytes } from "node:crypto";
import type { Transaction } from "sequelize";
import {
  createStep,
  knownVersions,
  runChanges,
  type TenantMigrations,
} from "../migrations/tenant-migrations.ts";
import { databaseCode, databaseMessage } from "../registry/database-code.ts";
import { query, type Registry } from "../registry/registry.ts";
import { type Fingerprint, readFingerprints, readHashes } from "./fingerprint.ts";

/** What a schema of one version consists of. */
export interface Reference {
  readonly hash: string;
  readonly objects: Fingerprint;
}

/** References by version, and the name that their schema had. */
export interface References {
  readonly schemaName: string;
  readonly versions: ReadonlyMap<number, Reference>;
}

/** What keeps references from being made: a migration that fails, in one line. */
export class ReferenceFailure extends Error {
  override readonly name = "ReferenceFailure";
}

/** Thrown to have the transaction rolled back. */
class Undo extends Error {}

const LOCK_TIMEOUT_MS = 5000;

/**
 * Makes the references of these versions. Nothing is left of it, however it ends.
 * @param versions those that the migrations do not know are left out
 * @throws {ReferenceFailure} when a migration fails
 */
export async function buildReferences(
  registry: Registry,
  migrations: TenantMigrations,
  versions: readonly number[],
): Promise<References> {
  const wanted = knownVersions(migrations).filter((version) => versions.includes(version));
  // Longer than a tenant's may be, and no quotes are needed: a migration can make names of it as of any.
  const schemaName = `rowhouse_reference_of_tenant_schemas_${randomBytes(6).toString("hex")}`;
  const found = new Map<number, Reference>();
  try {
    await registry.sequelize.transaction(async (transaction) => {
      await build(registry, transaction, migrations, { wanted, schemaName, found });
      throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  }
  return { schemaName, versions: found };
}

async function build(
  registry: Registry,
  transaction: Transaction,
  migrations: TenantMigrations,
  result: { wanted: readonly number[]; schemaName: string; found: Map<number, Reference> },
): Promise<void> {
  const { wanted, schemaName, found } = result;
  await query(transaction, `set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
  await query(transaction, `create schema "${schemaName}"`);
  const step = createStep(registry, schemaName, transaction);
  let version = 0;
  for (const next of wanted) {
    await runChanges(migrations, version, next, async ({ migration }) => {
      try {
        await migration.module.up(step);
      } catch (error) {
        const state = databaseCode(error);
        const message = databaseMessage(error).replaceAll(/\s*\n\s*/g, " ");
        throw new ReferenceFailure(
          `Cannot build the reference schema: migration ${migration.name} fails: ${message}` +
            `${state === undefined ? "" : ` (SQLSTATE ${state})`}; mend it, or use --no-drift`,
          { cause: error },
        );
      }
    });
    version = next;
    const hashes = await readHashes(transaction, [schemaName]);
    const objects = await readFingerprints(transaction, [schemaName]);
    found.set(version, {
      hash: hashes.get(schemaName) ?? "",
      objects: objects.get(schemaName) ?? [],
    });
    // The next migration finds the path that it would find with a tenant.
    await query(transaction, "reset search_path");
  }
}
