// A tenant's status and its statement timeout: one row, in force for every message that begins after the
// change.

import type { InferAttributes } from "sequelize";
import type { TenantRow, TenantStatus, Registry } from "../registry/registry.ts";
import { waitForRunning } from "../registry/fence.ts";
import { claimTenant } from "../registry/transition.ts";

/** What can be set of a tenant. */
export interface TenantSettings {
  readonly status: "active" | "read_only";
  /** Milliseconds, from 1 to 86,400,000. */
  readonly statementTimeoutMs: number;
}

/** The result of a change of a tenant. */
export interface ChangedTenant {
  readonly schemaName: string;
  readonly status: TenantStatus;
  readonly statementTimeoutMs: number;
  /** How many transactions that began before the change still ran after the time that was given. */
  readonly stillRunning: number;
}

/** The longest statement timeout that the registry takes: a day. */
export const LONGEST_TIMEOUT_MS = 86_400_000;

/** How long the verbs wait for what began before a change. */
export const WAIT_MS = 30_000;

/**
 * Changes a tenant, and waits until no message runs that began before the change.
 * @param action completes "Cannot …", such as "suspend tenant"
 * @param decide what is to change, given the row as it is
 * @throws {AdminError} when there is no such tenant, or a longer change of it has not ended
 */
async function changeTenant(
  registry: Registry,
  schemaName: string,
  action: string,
  decide: (tenant: TenantRow) => Partial<InferAttributes<TenantRow>>,
): Promise<ChangedTenant> {
  const { status, statementTimeoutMs } = await registry.sequelize.transaction(
    async (transaction) => {
      const tenant = await claimTenant(registry, transaction, schemaName, action);
      return tenant.update(decide(tenant), { transaction });
    },
  );
  const stillRunning = await waitForRunning(registry, WAIT_MS);
  return { schemaName, status, statementTimeoutMs, stillRunning };
}

/** Refuses every message of the tenant. */
export function suspendTenant(registry: Registry, schemaName: string): Promise<ChangedTenant> {
  return changeTenant(registry, schemaName, "suspend tenant", ({ status, statusBefore }) => ({
    status: "suspended",
    statusBefore: status === "suspended" ? statusBefore : status,
  }));
}

/** Gives a suspended tenant the status that it had before. */
export function resumeTenant(registry: Registry, schemaName: string): Promise<ChangedTenant> {
  return changeTenant(registry, schemaName, "resume tenant", ({ status, statusBefore }) =>
    status === "suspended" ? { status: statusBefore ?? "active", statusBefore: null } : { status },
  );
}

/** Sets whether a tenant takes writes, and its timeout; a suspended one has it when it is resumed. */
export function setTenant(
  registry: Registry,
  schemaName: string,
  wanted: Partial<TenantSettings>,
): Promise<ChangedTenant> {
  return changeTenant(registry, schemaName, "set tenant", (tenant) => {
    const { status = tenant.status, statementTimeoutMs = tenant.statementTimeoutMs } = wanted;
    return tenant.status === "suspended"
      ? { statementTimeoutMs, statusBefore: wanted.status ?? tenant.statusBefore }
      : { statementTimeoutMs, status };
  });
}
