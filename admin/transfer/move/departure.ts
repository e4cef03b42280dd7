// The source's side of a move. Its row says how far the move has come, and what the tenant was before.

import { randomUUID } from "node:crypto";
import type { InferAttributes } from "sequelize";
import { AdminError } from "../../registry/admin-error.ts";
import type { Registry, TenantRow, TenantStatus } from "../../registry/registry.ts";
import { claimTenant } from "../../registry/transition.ts";

/** A move that has begun. */
export interface Journey {
  readonly schemaName: string;
  /** What makes it the same move on both sides. */
  readonly transferId: string;
  /** `moving`: the source decides. `moved`: the target has the tenant. */
  readonly stage: "moving" | "moved";
  /** Whether it was suspended before, and stays so. */
  readonly suspended: boolean;
  /** What stands in `status_before`: when `suspended`, what a resume gives it; else what the move gives back. */
  readonly statusBefore: TenantStatus | null;
  readonly createdAt: Date;
}

type Change = Partial<InferAttributes<TenantRow>>;

/**
 * Stops the writes of what begins from now on, or finds the move that was begun before.
 * @param peer where it goes
 * @param check looks at the target before anything is changed
 * @throws {AdminError} when there is no such tenant, or it is on its way elsewhere
 */
export async function depart(
  source: Registry,
  schemaName: string,
  peer: string,
  check: (tenant: TenantRow) => Promise<void>,
): Promise<Journey> {
  return source.sequelize.transaction(async (transaction) => {
    const allowed = ["moving", "moved"] as const;
    const tenant = await claimTenant(source, transaction, schemaName, "move tenant", allowed);
    if (tenant.transition !== null) {
      if (tenant.peer !== peer) {
        const state = tenant.transition === "moved" ? "has moved" : "is being moved";
        throw new AdminError(
          `Cannot move tenant: "${schemaName}" ${state} to ${tenant.peer}; give that as --to`,
        );
      }
      return describe(tenant);
    }
    await check(tenant);
    const { status, statusBefore } = tenant;
    const change: Change = {
      transition: "moving",
      peer,
      transferId: randomUUID(),
      status: status === "active" ? "read_only" : status,
      statusBefore: status === "suspended" ? statusBefore : status,
    };
    return describe(await tenant.update(change, { transaction }));
  });
}

/** Gives the tenant back what it was, when the target has not taken it. */
export function giveBack(source: Registry, journey: Journey): Promise<void> {
  return change(source, journey, ({ status, statusBefore }) => ({
    transition: null,
    peer: null,
    transferId: null,
    status: journey.suspended ? status : (statusBefore ?? "active"),
    statusBefore: journey.suspended ? statusBefore : null,
  }));
}

/** Leaves a suspended row that names where the tenant went. Nobody is served by the source after this. */
export function leave(source: Registry, journey: Journey): Promise<void> {
  return change(source, journey, ({ statusBefore }) => ({
    transition: "moved",
    status: "suspended",
    // Tells from now on what `status` told before.
    statusBefore: journey.suspended ? "suspended" : statusBefore,
  }));
}

function describe(tenant: TenantRow): Journey {
  const { schemaName, transferId, transition, status, statusBefore, createdAt } = tenant;
  if (transferId === null) throw new Error(`Cannot move tenant: "${schemaName}" has no transfer`);
  const stage = transition === "moved" ? "moved" : "moving";
  const suspended = stage === "moved" ? statusBefore === "suspended" : status === "suspended";
  return { schemaName, transferId, stage, suspended, statusBefore, createdAt };
}

async function change(
  source: Registry,
  { schemaName, transferId }: Journey,
  decide: (tenant: TenantRow) => Change,
): Promise<void> {
  await source.sequelize.transaction(async (transaction) => {
    const allowed = ["moving"] as const;
    const tenant = await claimTenant(source, transaction, schemaName, "move tenant", allowed);
    if (tenant.transferId !== transferId) {
      throw new AdminError(
        `Cannot move tenant: somebody has changed "${schemaName}" meanwhile; see node admin/status.js`,
      );
    }
    await tenant.update(decide(tenant), { transaction });
  });
}
