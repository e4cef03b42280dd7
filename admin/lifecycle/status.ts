// Changes a tenant's status, statement timeout and settings in its row. The change applies to every message that begins
// after it.

import { actionOf, type EventVerb } from "../events/event.ts";
import { updateTenant } from "../events/tenant-change.ts";
import type { Registry, Settings, TenantRow, TenantStatus } from "../registry/registry.ts";
import type { RowChange } from "../registry/tenants/rows.ts";
import { waitForRunning } from "../registry/fence.ts";
import { claimTenant } from "../registry/tenants/transition.ts";
import { changeSettings, type SettingsChange } from "./settings.ts";

/** What set-tenant can change. */
export interface TenantChange {
  readonly status: "active" | "read_only";
  /** Milliseconds, from 1 to 86,400,000. */
  readonly statementTimeoutMs: number;
  readonly settings: SettingsChange;
}

/** The result of changing a tenant. */
export interface ChangedTenant {
  readonly schemaName: string;
  readonly status: TenantStatus;
  readonly statementTimeoutMs: number;
  readonly settings: Settings;
  /** How many transactions that began before the change still ran after {@link WAIT_MS}. */
  readonly stillRunning: number;
}

/** The longest statement timeout that the registry accepts: a day, in milliseconds. */
export const LONGEST_TIMEOUT_MS = 86_400_000;

/** How long the verbs wait for transactions that began before a change. */
export const WAIT_MS = 30_000;

/**
 * Changes a tenant, and waits until the messages that began before the change have ended.
 * @param decide returns the new values, from the current row
 * @throws {AdminError} when the tenant does not exist, or is in a transition
 */
async function changeTenant(
  registry: Registry,
  schemaName: string,
  verb: EventVerb,
  decide: (tenant: TenantRow) => RowChange,
): Promise<ChangedTenant> {
  const { status, statementTimeoutMs, settings } = await registry.withTransaction(
    async (transaction) => {
      const tenant = await claimTenant(transaction, schemaName, actionOf(verb));
      return updateTenant(registry, transaction, verb, tenant, decide(tenant));
    },
  );
  const stillRunning = await waitForRunning(registry, WAIT_MS);
  return { schemaName, status, statementTimeoutMs, settings, stillRunning };
}

/** Makes the service refuse every message of the tenant. */
export function suspendTenant(registry: Registry, schemaName: string): Promise<ChangedTenant> {
  return changeTenant(registry, schemaName, "suspend-tenant", ({ status, statusBefore }) => ({
    status: "suspended",
    statusBefore: status === "suspended" ? statusBefore : status,
  }));
}

/** Restores the status that a suspended tenant had before. */
export function resumeTenant(registry: Registry, schemaName: string): Promise<ChangedTenant> {
  return changeTenant(registry, schemaName, "resume-tenant", ({ status, statusBefore }) =>
    status === "suspended" ? { status: statusBefore ?? "active", statusBefore: null } : { status },
  );
}

/**
 * Sets a tenant's status, statement timeout and settings. A suspended tenant gets the status when it is resumed.
 * @throws {AdminError} also when the settings become too large
 */
export function setTenant(
  registry: Registry,
  schemaName: string,
  wanted: Partial<TenantChange>,
): Promise<ChangedTenant> {
  return changeTenant(registry, schemaName, "set-tenant", (tenant) => {
    const { status = tenant.status, statementTimeoutMs = tenant.statementTimeoutMs } = wanted;
    const settings = wanted.settings && changeSettings(tenant.settings, wanted.settings);
    const change = { statementTimeoutMs, ...(settings && { settings }) };
    return tenant.status === "suspended"
      ? { ...change, statusBefore: wanted.status ?? tenant.statusBefore }
      : { ...change, status };
  });
}
