// Tells a tenant from what a move between databases has left of it: a row that has moved, beside a pointer.

import { commandFor } from "../program/form.ts";
import { AdminError } from "../registry/admin-error.ts";
import { variableOf } from "../registry/others.ts";
import { readPointer } from "../registry/pointer.ts";
import type { TenantRow } from "../registry/registry.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/**
 * Refuses to drop a tenant for a remnant, or a remnant for the tenant. The transaction holds the tenant's lock, so that
 * the answer stays true until the drop has begun.
 * @param isRemnant whether a remnant is wanted
 * @throws {AdminError} that says where the tenant lives
 */
export async function requireKind(
  transaction: Transaction,
  { schemaName, transition }: Pick<TenantRow, "schemaName" | "transition">,
  isRemnant: boolean,
): Promise<void> {
  const isGone = transition === "moved" || transition === "dropping";
  const database = isGone ? await readPointer(transaction, schemaName) : undefined;
  if ((database !== undefined) === isRemnant) return;
  throw new AdminError(
    database === undefined
      ? `Cannot drop the old copy of tenant "${schemaName}": the tenant itself is here; see ${commandFor("status")}`
      : `Cannot drop tenant: "${schemaName}" lives in database "${database}", and this is its old copy; give that URL in ` +
          `${variableOf(database)}, and remove the copy with ${commandFor("drop-tenant")} ${schemaName} --remnant`,
    { code: "tenant_in_transition" },
  );
}
