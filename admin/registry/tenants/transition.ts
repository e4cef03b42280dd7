// Changes of a tenant that take more than one transaction. The tenant's row records such a change from its first
// transaction to its last, so that a killed verb can be run again and other verbs refuse the tenant meanwhile.

import { commandFor } from "../../program/form.ts";
import { AdminError } from "../admin-error.ts";
import { variableOf } from "../others.ts";
import { readPointer } from "../pointer.ts";
import type { TenantRow, Transition } from "../registry.ts";
import { lockTenants } from "./lock.ts";
import { lockTenantRow } from "./rows.ts";
import type { Transaction } from "../connection/transaction-client.ts";

/** The advice for each transition. */
const ADVICE: Readonly<Record<Transition, (schemaName: string, peer: string | null) => string>> = {
  dropping: (name) => `it is being dropped; finish with ${commandFor("drop-tenant")} ${name}`,
  moving: (name, peer) =>
    `it is being moved${written(peer)}; finish with ${commandFor("move-tenant")} ${name}`,
  moved: (name, peer) =>
    `it has moved${written(peer)}; once it is active there, remove the rest with ${commandFor("drop-tenant")} ${name}`,
  arriving: (name, peer) =>
    peer === null
      ? `it is being created; where that was ended, run the same command again, or remove the rest with ${commandFor("repair")} ${name}`
      : `it is being moved here from ${peer}; finish with ${commandFor("move-tenant")} there`,
};

function written(peer: string | null): string {
  return peer === null ? "" : ` to ${peer}`;
}

/**
 * Describes why verbs refuse a tenant in a transition, and how to finish the transition.
 * @param peer the other database of a move; null for another transition
 */
export function describeTransition(
  transition: Transition,
  schemaName: string,
  peer: string | null,
): string {
  return ADVICE[transition](schemaName, peer);
}

/**
 * Locks a tenant for this transaction and reads its row.
 * @param action completes "Cannot …", such as "rename tenant"
 * @param allowed the transitions that the caller can continue; when left out, it refuses every transition
 * @throws {AdminError} when the tenant does not exist, or is in another transition
 */
export async function claimTenant(
  transaction: Transaction,
  schemaName: string,
  action: string,
  allowed: readonly Transition[] = [],
): Promise<TenantRow> {
  await lockTenants(transaction, schemaName);
  return requireTenant(transaction, schemaName, action, allowed);
}

/**
 * Reads and locks the row of a tenant. The caller must hold the tenant's lock, in this or another transaction.
 * @throws {AdminError} as {@link claimTenant}
 */
export async function requireTenant(
  transaction: Transaction,
  schemaName: string,
  action: string,
  allowed: readonly Transition[] = [],
): Promise<TenantRow> {
  const tenant = await lockTenantRow(transaction, schemaName);
  if (tenant === undefined) {
    const database = await readPointer(transaction, schemaName);
    if (database !== undefined) {
      throw new AdminError(
        `Cannot ${action}: tenant "${schemaName}" lives in database "${database}"; give that URL in ${variableOf(database)}`,
        { code: "option_invalid" },
      );
    }
    throw new AdminError(
      `Cannot ${action}: tenant "${schemaName}" does not exist; see ${commandFor("list-tenants")}`,
      { code: "tenant_not_found" },
    );
  }
  const { transition } = tenant;
  if (transition !== null && !allowed.includes(transition)) {
    const advice = describeTransition(transition, schemaName, tenant.peer);
    throw new AdminError(`Cannot ${action}: tenant "${schemaName}": ${advice}`, {
      code: "tenant_in_transition",
    });
  }
  return tenant;
}
