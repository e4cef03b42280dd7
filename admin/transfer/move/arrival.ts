// The target's side of a move: it creates the tenant in one transaction, suspended, and later restores its status.

import { AdminError } from "../../registry/admin-error.ts";
import { query, type Registry, type TenantRow } from "../../registry/registry.ts";
import { createTenantWithin, prepareCreation } from "../../lifecycle/tenant.ts";
import { lockTenants } from "../../registry/tenant-lock.ts";
import { claimTenant } from "../../registry/transition.ts";
import type { Meter } from "../../command/meter.ts";
import { type Loaded, loadTenant } from "../load.ts";
import { readRowSum } from "../row-sum.ts";
import type { Snapshot } from "../snapshot.ts";
import { sourceOf } from "../snapshot-source.ts";
import { clientOf } from "../../registry/transaction-client.ts";
import type { Journey } from "./departure.ts";
import { describePlace } from "./place.ts";

const ACTION = "move tenant";

/**
 * Refuses a target that already has the tenant's schema or one of its hosts.
 * @throws {AdminError} that names the schema or the host
 */
export async function checkRoom(
  source: Registry,
  target: Registry,
  { schemaName }: TenantRow,
): Promise<void> {
  const domains = await source.Domain.findAll({ where: { schemaName } });
  const host = domains.map((domain) => domain.host);
  const [tenant, taken] = await Promise.all([
    target.Tenant.findByPk(schemaName),
    target.Domain.findOne({ where: { host } }),
  ]);
  if (tenant === null && taken === null) return;
  const what = tenant
    ? `schema "${schemaName}" belongs to a tenant`
    : `host "${taken?.host}" belongs to a tenant`;
  throw new AdminError(
    `Cannot move tenant to ${describePlace(target.url)}: ${what} there already; ` +
      "rename or drop one of the two first",
  );
}

/** Whether the target has received the tenant of this move, and committed it. */
export async function hasArrived(target: Registry, journey: Journey): Promise<boolean> {
  const { schemaName, transferId } = journey;
  return target.sequelize.transaction(async (transaction) => {
    // Waits for an earlier run that was killed while it committed.
    await lockTenants(transaction, schemaName);
    const tenant = await target.Tenant.findByPk(schemaName, { transaction });
    return tenant?.transferId === transferId;
  });
}

/**
 * Creates the tenant, suspended, with every row, and compares both sides, in one transaction.
 * @param peer the source database, as host, port and name
 */
export async function receive(
  target: Registry,
  journey: Journey,
  snapshot: Snapshot,
  peer: string,
  { lossy, meter }: { readonly lossy: boolean; readonly meter: Meter | undefined },
): Promise<Loaded> {
  const { schemaName, transferId, createdAt } = journey;
  const { client, hosts, version, statementTimeoutMs } = snapshot;
  const creation = await prepareCreation(target);
  return target.sequelize.transaction(async (transaction) => {
    const tenant = { schemaName, hosts, version, statementTimeoutMs };
    await createTenantWithin(target, transaction, creation, tenant);
    await query(
      transaction,
      `update rowhouse.tenant set status = 'suspended', transition = 'arriving', peer = $2,
         transfer_id = $3::uuid, status_before = $4, created_at = $5::timestamptz where schema_name = $1`,
      [schemaName, peer, transferId, journey.statusBefore, createdAt.toISOString()],
    );
    const own = clientOf(transaction);
    meter?.expect(snapshot.bytes);
    return loadTenant(transaction, schemaName, {
      ...sourceOf(snapshot),
      action: ACTION,
      lossy,
      meter,
      async check(table) {
        const [there, here] = await Promise.all([
          readRowSum(client, schemaName, table),
          readRowSum(own, schemaName, table),
        ]);
        if (there === here) return;
        throw new AdminError(
          `Cannot ${ACTION}: table "${table.name}" differs between the databases, ${there} and ${here}; ` +
            "compare their versions and extensions",
        );
      },
    });
  });
}

/**
 * Gives the tenant on the target the status that it had on the source. From then on the target serves it.
 * @throws {AdminError} when the target does not have the tenant of this move
 */
export async function settle(target: Registry, journey: Journey): Promise<void> {
  const { schemaName, transferId, suspended } = journey;
  const place = describePlace(target.url);
  await target.sequelize.transaction(async (transaction) => {
    const allowed = ["arriving"] as const;
    const action = `move tenant to ${place}`;
    const tenant = await claimTenant(target, transaction, schemaName, action, allowed);
    if (tenant.transferId !== transferId) {
      throw new AdminError(
        `Cannot ${action}: the tenant "${schemaName}" there is another; see node admin/status.js there`,
      );
    }
    if (tenant.transition === null) return;
    const { status, statusBefore } = tenant;
    await tenant.update(
      {
        transition: null,
        status: suspended ? status : (statusBefore ?? "active"),
        statusBefore: suspended ? statusBefore : null,
      },
      { transaction },
    );
  });
}
