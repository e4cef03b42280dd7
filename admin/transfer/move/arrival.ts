// The target's side of a move: it creates the tenant in one transaction, suspended, and later restores its status.

import { commandFor } from "../../program/form.ts";
import { AdminError } from "../../registry/admin-error.ts";
import { updateTenant } from "../../events/tenant-change.ts";
import { loadTenantMigrations } from "../../migrations/ordered.ts";
import type { Displaced } from "../../registry/pointer.ts";
import { query, type Registry, type TenantRow } from "../../registry/registry.ts";
import { type Creation, prepareCreation } from "../../lifecycle/creation.ts";
import { raiseTenant } from "../../lifecycle/raise.ts";
import { lockTenants } from "../../registry/tenants/lock.ts";
import { claimTenant } from "../../registry/tenants/transition.ts";
import type { Meter } from "../../command/meter.ts";
import { type Loaded, loadTenant } from "../rows/load.ts";
import { readRowSum } from "../rows/row-sum.ts";
import type { Snapshot } from "../rows/snapshot.ts";
import { sourceOf } from "../rows/snapshot-source.ts";
import { clientOf, type Transaction } from "../../registry/connection/transaction-client.ts";
import type { Journey, Target } from "./departure.ts";
import { describePlace } from "./place.ts";
import { checkShared } from "./shared.ts";

const ACTION = "move tenant";

/** How a tenant is received. */
export interface ArrivalOptions {
  /** What new tenants of the target share; read when undefined. */
  readonly creation: Creation | undefined;
  readonly lossy: boolean;
  readonly meter: Meter | undefined;
  /** See MoveOptions. With them the target serves the tenant from its arrival on, read-only. */
  readonly pointers: { readonly displaces: Displaced } | undefined;
}

/** What of the target gives way to the tenant. */
export interface Room {
  /** Its pointers; undefined for none. */
  readonly displaces: Displaced | undefined;
  /** Whether an old copy there is dropped first. */
  readonly isCleared: boolean;
}

/** Describes the target for the departure. */
export function describeTarget(source: Registry, target: Registry, room: Room): Target {
  return {
    peer: describePlace(target.url),
    async check(tenant) {
      await checkShared(source, target, tenant.schemaName);
      await checkRoom(source, target, tenant, room);
    },
    hasTaken: (schemaName, transferId) => hasArrived(target, { schemaName, transferId }),
  };
}

/**
 * Refuses a target that already has the tenant's schema or one of its hosts, or whose tenants got other migrations.
 * @throws {AdminError} that names the schema, the host or the migration
 */
async function checkRoom(
  source: Registry,
  target: Registry,
  { schemaName, version }: TenantRow,
  { displaces, isCleared }: Room,
): Promise<void> {
  await checkNames(source, target, version);
  const domains = await source.Domain.findAll({ where: { schemaName, database: null } });
  const host = domains.map((domain) => domain.host);
  const [tenant, found] = await Promise.all([
    target.Tenant.findByPk(schemaName),
    target.Domain.findAll({ where: { host } }),
  ]);
  const taken = found.find(
    (domain) =>
      domain.database === null ||
      displaces === undefined ||
      (displaces === "own" && domain.schemaName !== schemaName),
  );
  const isLeft = isCleared || (tenant?.transition === "arriving" && tenant.peer === null);
  if ((tenant === null || isLeft) && taken === undefined) return;
  const what =
    tenant && !isLeft
      ? `schema "${schemaName}" belongs to a tenant`
      : `host "${taken?.host}" belongs to a tenant`;
  throw new AdminError(
    `Cannot move tenant to ${describePlace(target.url)}: ${what} there already; ` +
      "rename or drop one of the two first",
  );
}

/** A version is a position: up to it, both databases must have the same names. */
async function checkNames(source: Registry, target: Registry, version: number): Promise<void> {
  const [ours, theirs] = [await loadTenantMigrations(source), await loadTenantMigrations(target)];
  const other = ours.ordered
    .slice(0, version)
    .find(({ name }, index) => name !== theirs.ordered[index]?.name);
  if (other === undefined) return;
  throw new AdminError(
    `Cannot move tenant to ${describePlace(target.url)}: migration ${other.position} is "${other.name}" here and ` +
      `"${theirs.ordered[other.position - 1]?.name ?? ""}" there; a tenant can be moved only where tenants got the ` +
      "same migrations in the same order",
  );
}

/** Whether the target has received the tenant of this move, and committed it. */
export async function hasArrived(
  target: Registry,
  { schemaName, transferId }: Pick<Journey, "schemaName" | "transferId">,
): Promise<boolean> {
  return target.withTransaction(async (transaction) => {
    // Waits for an earlier run that was killed while it committed.
    await lockTenants(transaction, schemaName);
    const [row] = await query(
      transaction,
      "select from rowhouse.tenant where schema_name = $1 and transfer_id = $2",
      [schemaName, transferId],
    );
    return row !== undefined;
  });
}

/**
 * Creates the tenant with every row, and compares both sides. It is suspended; with pointers, it is read-only.
 * @param peer the source database, as host, port and name
 */
export async function receive(
  target: Registry,
  journey: Journey,
  snapshot: Snapshot,
  peer: string,
  { creation: prepared, lossy, meter, pointers }: ArrivalOptions,
): Promise<Loaded> {
  const creation = prepared ?? (await prepareCreation(target));
  const { schemaName, transferId, createdAt } = journey;
  const { client, hosts, version, statementTimeoutMs, settings } = snapshot;
  const displaces = pointers?.displaces;
  const tenant = { schemaName, hosts, version, statementTimeoutMs, settings, displaces };
  const status = pointers === undefined || journey.suspended ? "suspended" : "read_only";
  const fill = async (transaction: Transaction): Promise<Loaded> => {
    await query(
      transaction,
      `update rowhouse.tenant set status = $6, transition = 'arriving', peer = $2, transfer_id = $3::uuid,
         status_before = $4, created_at = $5::timestamptz where schema_name = $1`,
      [schemaName, peer, transferId, journey.statusBefore, createdAt.toISOString(), status],
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
  };
  const event = { verb: "move-tenant", details: { from: peer } } as const;
  return raiseTenant(target, creation, tenant, fill, { action: ACTION, source: event });
}

/**
 * Gives the tenant on the target the status that it had on the source. From then on the target serves it.
 * @throws {AdminError} when the target does not have the tenant of this move
 */
export async function settle(target: Registry, journey: Journey): Promise<void> {
  const { schemaName, transferId, suspended } = journey;
  const place = describePlace(target.url);
  await target.withTransaction(async (transaction) => {
    const allowed = ["arriving"] as const;
    const action = `move tenant to ${place}`;
    const tenant = await claimTenant(transaction, schemaName, action, allowed);
    if (tenant.transferId !== transferId) {
      throw new AdminError(
        `Cannot ${action}: the tenant "${schemaName}" there is another; see ${commandFor("status")} there`,
      );
    }
    if (tenant.transition === null) return;
    const { status, statusBefore } = tenant;
    await updateTenant(target, transaction, "move-tenant", tenant, {
      transition: null,
      status: suspended ? status : (statusBefore ?? "active"),
      statusBefore: suspended ? statusBefore : null,
    });
  });
}
