// Changes the row of a tenant, and writes the event of the change.

import type { Registry, Settings, TenantRow } from "../registry/registry.ts";
import { type RowChange, updateTenantRow } from "../registry/tenants/rows.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";
import { type EventDetails, type EventVerb, recordEvents } from "./event.ts";

type State = Pick<
  TenantRow,
  "status" | "statusBefore" | "statementTimeoutMs" | "transition" | "peer" | "settings"
>;

/**
 * Updates the row, and writes an event when a value is another one than before.
 * @param tenant the row, locked by this transaction
 * @returns the row with its new values
 */
export async function updateTenant(
  { actor }: Pick<Registry, "actor">,
  transaction: Transaction,
  verb: EventVerb,
  tenant: TenantRow,
  change: RowChange,
): Promise<TenantRow> {
  const before = stateOf(tenant);
  const updated = await updateTenantRow(transaction, tenant, change);
  const details = compare(before, stateOf(updated));
  if (Object.keys(details).length > 0) {
    const { schemaName } = updated;
    await recordEvents(transaction, [{ actor, verb, schemaName, details }]);
  }
  return updated;
}

function stateOf(tenant: TenantRow): State {
  const { status, statusBefore, statementTimeoutMs, transition, peer, settings } = tenant;
  return { status, statusBefore, statementTimeoutMs, transition, peer, settings };
}

function compare(before: State, after: State): EventDetails {
  const details: Record<string, unknown> = {};
  for (const name of ["status", "statementTimeoutMs", "transition", "peer"] as const) {
    if (before[name] !== after[name]) {
      details[name] = { before: before[name], after: after[name] };
    }
  }
  const isSuspended = before.status === "suspended" && after.status === "suspended";
  if (isSuspended && after.transition === null && before.statusBefore !== after.statusBefore) {
    details["statusWhenResumed"] = { before: before.statusBefore, after: after.statusBefore };
  }
  const { set, unset } = compareSettings(before.settings, after.settings);
  if (set.length + unset.length > 0) details["settings"] = { set, unset };
  return details;
}

/** Names the settings that differ. Their values may be personal data, and an event outlives its tenant. */
function compareSettings(
  before: Settings,
  after: Settings,
): { readonly set: readonly string[]; readonly unset: readonly string[] } {
  const isEqual = (name: string): boolean =>
    JSON.stringify(before[name]) === JSON.stringify(after[name]);
  return {
    set: Object.keys(after).filter((name) => !Object.hasOwn(before, name) || !isEqual(name)),
    unset: Object.keys(before).filter((name) => !Object.hasOwn(after, name)),
  };
}
