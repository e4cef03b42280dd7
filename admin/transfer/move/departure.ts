// The source's side of a move. The tenant's row holds the stage of the move and the status before it.

import { randomUUID } from "node:crypto";
import { commandFor } from "../../program/form.ts";
import { updateTenant } from "../../events/tenant-change.ts";
import { AdminError } from "../../registry/admin-error.ts";
import { waitForRunning } from "../../registry/fence.ts";
import { setPointer, turnHosts } from "../../registry/pointer.ts";
import type { Registry, TenantRow, TenantStatus } from "../../registry/registry.ts";
import type { RowChange } from "../../registry/tenants/rows.ts";
import { claimTenant } from "../../registry/tenants/transition.ts";
import type { Transaction } from "../../registry/connection/transaction-client.ts";

/** A move that has begun. */
export interface Journey {
  readonly schemaName: string;
  /** The identifier of the move on both sides. */
  readonly transferId: string;
  /** `moving`: the source decides. `moved`: the target has the tenant. */
  readonly stage: "moving" | "moved";
  /** Whether the tenant was suspended before, and stays suspended. */
  readonly suspended: boolean;
  /** The value of `status_before`: when `suspended`, the status after a resume; else the status after the move. */
  readonly statusBefore: TenantStatus | null;
  readonly createdAt: Date;
}

/**
 * Stops new writes, or finds the move that an earlier run began.
 * @throws {AdminError} when the tenant does not exist, or another move of it has begun
 */
export async function depart(
  source: Registry,
  schemaName: string,
  target: Target,
): Promise<Journey> {
  const { peer } = target;
  return source.withTransaction(async (transaction) => {
    const tenant = await examine(transaction, schemaName, target);
    if (tenant.transition !== null) return describe(tenant);
    const { status, statusBefore } = tenant;
    const change: RowChange = {
      transition: "moving",
      peer,
      transferId: randomUUID(),
      status: status === "active" ? "read_only" : status,
      statusBefore: status === "suspended" ? statusBefore : status,
    };
    return describe(await updateTenant(source, transaction, "move-tenant", tenant, change));
  });
}

/** Makes the checks of {@link depart}, and changes nothing. Returns whether this move has begun already. */
export async function planDeparture(
  source: Registry,
  schemaName: string,
  target: Target,
): Promise<boolean> {
  return source.withTransaction(async (transaction) => {
    const tenant = await examine(transaction, schemaName, target);
    return tenant.transition !== null;
  });
}

/** Where a tenant goes. */
export interface Target {
  /** The database, as host, port and name. */
  readonly peer: string;
  /** Examines it before anything changes. */
  readonly check: (tenant: TenantRow) => Promise<void>;
  /** Whether it has the tenant of this move: its URL may have changed since the move began. */
  readonly hasTaken: (schemaName: string, transferId: string) => Promise<boolean>;
}

async function examine(
  transaction: Transaction,
  schemaName: string,
  { peer, check, hasTaken }: Target,
): Promise<TenantRow> {
  const allowed = ["moving", "moved"] as const;
  const tenant = await claimTenant(transaction, schemaName, "move tenant", allowed);
  const { transition, transferId } = tenant;
  if (transition === null) await check(tenant);
  else if (
    tenant.peer !== peer &&
    !(transferId !== null && (await hasTaken(schemaName, transferId)))
  ) {
    const state = transition === "moved" ? "has moved" : "is being moved";
    throw new AdminError(
      `Cannot move tenant: "${schemaName}" ${state} to ${tenant.peer}; give that as --to`,
    );
  }
  return tenant;
}

/**
 * Waits for transactions that began before the writes stopped.
 * @throws {AdminError} when some still run after `waitMs`
 */
export async function waitForWrites(
  source: Registry,
  schemaName: string,
  waitMs: number,
): Promise<void> {
  const left = await waitForRunning(source, waitMs);
  if (left === 0) return;
  throw new AdminError(
    `Cannot move tenant: after ${waitMs / 1000} s, ${left} earlier transactions still run; tenant ` +
      `"${schemaName}" is read-only until the same command is run again, with a longer --wait`,
  );
}

/** Restores the tenant's status when the target has not taken it. */
export function giveBack(source: Registry, journey: Journey): Promise<void> {
  return change(source, journey, ({ status, statusBefore }) => ({
    transition: null,
    peer: null,
    transferId: null,
    status: journey.suspended ? status : (statusBefore ?? "active"),
    statusBefore: journey.suspended ? statusBefore : null,
  }));
}

/**
 * Leaves a suspended row that names the target. The source does not serve the tenant after this.
 * @param database the target's name, for a pointer that its hosts follow; undefined without one
 */
export function leave(
  source: Registry,
  journey: Journey,
  database: string | undefined,
): Promise<void> {
  const { schemaName } = journey;
  const point = async (transaction: Transaction): Promise<void> => {
    if (database === undefined) return;
    await setPointer(transaction, schemaName, database);
    await turnHosts(transaction, schemaName);
  };
  const decide = ({ statusBefore }: TenantRow): RowChange => ({
    transition: "moved",
    status: "suspended",
    // From now on it holds the value that `status` had before.
    statusBefore: journey.suspended ? "suspended" : statusBefore,
  });
  return change(source, journey, decide, point);
}

function describe(tenant: TenantRow): Journey {
  const { schemaName, transferId, transition, status, statusBefore, createdAt } = tenant;
  if (transferId === null)
    throw new Error(`Cannot move tenant: "${schemaName}" lacks a transfer_id`);
  const stage = transition === "moved" ? "moved" : "moving";
  const suspended = stage === "moved" ? statusBefore === "suspended" : status === "suspended";
  return { schemaName, transferId, stage, suspended, statusBefore, createdAt };
}

async function change(
  source: Registry,
  { schemaName, transferId }: Journey,
  decide: (tenant: TenantRow) => RowChange,
  before: (transaction: Transaction) => Promise<void> = async () => {},
): Promise<void> {
  await source.withTransaction(async (transaction) => {
    const allowed = ["moving"] as const;
    const tenant = await claimTenant(transaction, schemaName, "move tenant", allowed);
    if (tenant.transferId !== transferId) {
      throw new AdminError(
        `Cannot move tenant: "${schemaName}" has changed meanwhile; see ${commandFor("status")}`,
      );
    }
    await before(transaction);
    await updateTenant(source, transaction, "move-tenant", tenant, decide(tenant));
  });
}
