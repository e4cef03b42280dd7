// A change of a tenant that takes more than one transaction. Its row says so from the first to the last,
// so that a killed verb can be run again, and no other verb takes the tenant for whole.

import type { Transaction } from "sequelize";
import { AdminError } from "./admin-error.ts";
import type { Registry, TenantRow, Transition } from "./registry.ts";
import { lockTenants } from "./tenant-lock.ts";

/** What a person is told to do about each. */
const ADVICE: Readonly<Record<Transition, (schemaName: string, peer: string | null) => string>> = {
  dropping: (name) => `it is being dropped; finish with node admin/drop-tenant.js ${name}`,
  moving: (name, peer) =>
    `it is being moved${written("to", peer)}; finish with node admin/move-tenant.js ${name}`,
  moved: (name, peer) =>
    `it has moved${written("to", peer)}; remove what is left with node admin/drop-tenant.js ${name}`,
  arriving: (_, peer) =>
    `it is being moved here${written("from", peer)}; finish with node admin/move-tenant.js there`,
};

function written(way: "to" | "from", peer: string | null): string {
  return peer === null ? "" : ` ${way} ${peer}`;
}

/**
 * Why a tenant in a transition is not to be changed, and what to do.
 * @param peer the other database of a move, where the caller knows it
 */
export function describeTransition(
  transition: Transition,
  schemaName: string,
  peer: string | null = null,
): string {
  return ADVICE[transition](schemaName, peer);
}

/**
 * Locks a tenant for this transaction and reads its row.
 * @param action completes "Cannot …", such as "rename tenant"
 * @param allowed the transitions that the caller can go on with; none when left out
 * @throws {AdminError} when there is no such tenant, or it is in another transition
 */
export async function claimTenant(
  registry: Registry,
  transaction: Transaction,
  schemaName: string,
  action: string,
  allowed: readonly Transition[] = [],
): Promise<TenantRow> {
  await lockTenants(transaction, schemaName);
  return requireTenant(registry, transaction, schemaName, action, allowed);
}

/**
 * Reads the row of a tenant whose lock the caller has, be it in another transaction, and locks the row.
 * @throws {AdminError} as {@link claimTenant}
 */
export async function requireTenant(
  { Tenant }: Registry,
  transaction: Transaction,
  schemaName: string,
  action: string,
  allowed: readonly Transition[] = [],
): Promise<TenantRow> {
  const tenant = await Tenant.findByPk(schemaName, { transaction, lock: transaction.LOCK.UPDATE });
  if (tenant === null) {
    throw new AdminError(
      `Cannot ${action}: there is no tenant "${schemaName}"; see node admin/list-tenants.js`,
    );
  }
  const { transition } = tenant;
  if (transition !== null && !allowed.includes(transition)) {
    const advice = describeTransition(transition, schemaName, tenant.peer);
    throw new AdminError(`Cannot ${action}: tenant "${schemaName}": ${advice}`);
  }
  return tenant;
}
