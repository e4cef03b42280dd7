// Adopts schemas, each in one transaction, several at once. It adds a row, a role, grants and hosts; owners, rows and the
// grants of others stay, so that the old application goes on. After a kill, each schema is a tenant or as it was before.

import { quoteName } from "../../src/sql/quote-name.ts";
import { forEachTenant, type RunOptions } from "../batch/for-each-tenant.ts";
import { transact } from "../batch/transact.ts";
import type { NewEvent } from "../events/event.ts";
import { serveTenant } from "../lifecycle/domain.ts";
import { registerTenant } from "../lifecycle/begin.ts";
import { type Creation, describeCreation } from "../lifecycle/creation.ts";
import { reachVersion } from "../lifecycle/reach.ts";
import { AdminError, type AdminErrorCode } from "../registry/admin-error.ts";
import {
  adminCode,
  databaseMessage,
  isConnectionLost,
  sqlState,
} from "../registry/database-code.ts";
import { query } from "../registry/registry.ts";
import {
  DEFAULT_KINDS,
  grantExisting,
  isTakenFromPublic,
} from "../registry/roles/tenant-grants.ts";
import type { CheckedTenant } from "../tenant-list/check.ts";
import type { Place } from "../tenant-list/place.ts";
import type { AdoptableTenant, AdoptionPlan } from "./plan.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** The outcome of one schema. `existing`: another run has adopted it, with the same hosts. */
export interface AdoptionOutcome extends CheckedTenant {
  readonly outcome: "adopted" | "existing" | "failed";
  readonly version?: number;
  /** Of a failure: its code, and why. */
  readonly code?: AdminErrorCode;
  readonly message?: string;
}

/** How many tenants had each outcome; `left` were not started. */
export type AdoptionSummary = Readonly<Record<AdoptionOutcome["outcome"] | "left", number>>;

/**
 * Adopts the adoptable schemas of a plan.
 * @throws when the database cannot be reached any more; reported outcomes are final
 */
export async function adoptTenants(
  place: Place,
  { creation, adoptable, existing }: AdoptionPlan,
  options: RunOptions<AdoptionOutcome>,
): Promise<AdoptionSummary> {
  for (const { line, schemaName, hosts } of existing) {
    options.report({ line, schemaName, hosts, outcome: "existing" });
  }
  const before = { adopted: 0, existing: existing.length, failed: 0 };
  const { counts, left } = await forEachTenant(
    adoptable,
    before,
    options,
    async (tenant, { end }) => {
      const { line, schemaName, hosts, version } = tenant;
      try {
        await adopt(place, creation, tenant);
        return end({ line, schemaName, hosts, version, outcome: "adopted" });
      } catch (error) {
        if (isConnectionLost(error)) throw error;
        // Another run, or this one before its connection was lost, may have adopted it meanwhile.
        const found = (await place.findExisting([tenant])).get(schemaName);
        if (found && found.problem === undefined) {
          return end({ line, schemaName, hosts, outcome: "existing" });
        }
        const code = found?.code ?? adminCode(error);
        const message = found ? `Cannot adopt tenant: ${found.problem}` : describe(error);
        return end({ line, schemaName, hosts, outcome: "failed", code, message });
      }
    },
  );
  return { ...counts, left: left.length };
}

async function adopt(place: Place, creation: Creation, tenant: AdoptableTenant): Promise<void> {
  const { registry } = place;
  const source = { verb: "adopt-tenants", details: { owner: tenant.owner } } as const;
  const event = describeCreation(registry, creation, tenant, source);
  if (tenant.isTenant === true) return place.lead(tenant, event);
  await place.create([tenant], (displaces) =>
    transact(registry, (transaction) =>
      register(transaction, creation, { ...tenant, displaces }, event),
    ),
  );
}

async function register(
  transaction: Transaction,
  creation: Creation,
  tenant: AdoptableTenant,
  event: NewEvent,
): Promise<void> {
  const { schemaName, version, owner } = tenant;
  const roleName = await registerTenant(transaction, creation, tenant, true);
  const [role, schema] = [quoteName(roleName), `"${schemaName}"`];
  await query(transaction, `grant usage on schema ${schema} to ${role}`);
  await grantExisting(transaction, schemaName, roleName);
  if (owner !== creation.admin.name) {
    await grantDefaults(transaction, schemaName, owner, roleName);
    // The old application goes on, and may use what later migrations create.
    for (const kind of ["tables", "sequences"]) {
      await query(
        transaction,
        `alter default privileges in schema ${schema} grant all on ${kind} to ${quoteName(owner)}`,
      );
    }
  }
  await reachVersion(transaction, [schemaName], creation.migrations.ordered.slice(0, version));
  await serveTenant(transaction, tenant, event);
}

const DEFAULTS = `
  select format('alter default privileges for role %I in schema %I grant %s on %s to %I',
      o.rolname, $1::text, kind.privileges, kind.object, $3::text) as command
    from pg_catalog.pg_roles as o cross join ${DEFAULT_KINDS}
   where o.rolname = $2 and (not kind.public or ${isTakenFromPublic("o.oid")})`;

/** Lets the tenant's role use what the schema's owner creates in it later. */
async function grantDefaults(
  transaction: Transaction,
  schemaName: string,
  owner: string,
  roleName: string,
): Promise<void> {
  const bind = [schemaName, owner, roleName];
  const commands = await query<{ command: string }>(transaction, DEFAULTS, bind);
  for (const { command } of commands) await query(transaction, command);
}

function describe(error: unknown): string {
  if (error instanceof AdminError) return error.message;
  return `Cannot adopt tenant: ${databaseMessage(error)} (SQLSTATE ${sqlState(error) ?? "none"})`;
}
