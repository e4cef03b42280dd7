// Compares new tenants with what their migrations make of an empty schema.

import type { Transaction } from "sequelize";
import { findUnlike } from "../inspect/conformity.ts";
import { ReferenceFailure } from "../inspect/reference.ts";
import { newestVersion } from "../migrations/changes.ts";
import { Nonconformity } from "../migrations/failure.ts";
import { AdminError } from "../registry/admin-error.ts";
import type { Creation } from "./creation.ts";

/**
 * Makes the references of new tenants, before their transaction holds a lock that the reference needs.
 * @throws {AdminError} when a migration fails
 */
export async function prepareReferences(
  { migrations, references }: Creation,
  schemaNames: readonly string[],
): Promise<void> {
  const version = newestVersion(migrations);
  if (version === 0) return;
  try {
    for (const schemaName of schemaNames) await references.find(version, schemaName);
  } catch (error) {
    if (!(error instanceof ReferenceFailure)) throw error;
    throw new AdminError(error.message, { cause: error });
  }
}

/**
 * Compares new tenants at the newest version, within their transaction.
 * @throws {Nonconformity} for the first one that differs
 */
export async function requireAlike(
  transaction: Transaction,
  { migrations, references }: Creation,
  schemaNames: readonly string[],
): Promise<void> {
  const version = newestVersion(migrations);
  const newest = migrations.ordered.at(-1);
  if (newest === undefined) return;
  const found = await findUnlike(transaction, references, version, schemaNames);
  for (const [schemaName, differences] of found) {
    throw new Nonconformity(newest, schemaName, differences);
  }
}
