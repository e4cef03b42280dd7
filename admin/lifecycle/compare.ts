// Compares new tenants with what their migrations make of an empty schema.

import { findUnlike } from "../inspect/reference/conformity.ts";
import { ReferenceFailure } from "../inspect/reference/reference.ts";
import { newestVersion } from "../migrations/changes.ts";
import { Nonconformity } from "../migrations/commands/failure.ts";
import { AdminError } from "../registry/admin-error.ts";
import type { TenantMigrations } from "../migrations/ordered.ts";
import { maySkip } from "../migrations/commands/silence.ts";
import type { Creation } from "./creation.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/**
 * Makes the references of new tenants, before their transaction holds a lock that the reference needs. A migration that
 * fails in a reference fails in the tenant, too, which tells more of it.
 * @throws {AdminError} when the references cannot be trusted
 */
export async function prepareReferences(
  { migrations, references, requireTrust }: Creation,
  schemaNames: readonly string[],
): Promise<void> {
  const version = newestVersion(migrations);
  if (!mayDiffer(migrations)) return;
  try {
    for (const schemaName of schemaNames) await references.find(version, schemaName);
    await requireTrust();
  } catch (error) {
    if (!(error instanceof ReferenceFailure)) throw error;
  }
}

/**
 * Compares new tenants at the newest version, within their transaction; not those for which the same commands were run
 * as for one that was compared.
 * @throws {Nonconformity} for the first one that differs
 * @throws {AdminError} when the reference cannot be made
 */
export async function requireAlike(
  transaction: Transaction,
  { migrations, references, traces }: Creation,
  schemaNames: readonly string[],
): Promise<void> {
  const version = newestVersion(migrations);
  const newest = migrations.ordered.at(-1);
  if (newest === undefined || !mayDiffer(migrations)) return;
  const unproven = schemaNames.filter((schemaName) => !traces.isProven(schemaName));
  if (unproven.length === 0) return;
  const found = await findUnlike(transaction, references, version, unproven).catch(
    (error: unknown) => {
      if (!(error instanceof ReferenceFailure)) throw error;
      throw new AdminError(error.message.replace(/, or use --no-drift$/, ""), { cause: error });
    },
  );
  for (const [schemaName, differences] of found) {
    throw new Nonconformity(newest, schemaName, differences);
  }
  for (const schemaName of unproven) traces.prove(schemaName);
}

function mayDiffer({ ordered }: TenantMigrations): boolean {
  return ordered.some((migration) => maySkip(migration, "up"));
}
