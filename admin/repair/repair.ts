// Plans the repair of one tenant, as far as it is possible without guessing: its role, the membership of the service
// role, and the grants. All steps are one transaction.

import { commandFor } from "../program/form.ts";
import { describeLack, findLacks, type Lack, MAY_NOT_BECOME } from "../inspect/lack.ts";
import type { TenantMigrations } from "../migrations/ordered.ts";
import { AdminError } from "../registry/admin-error.ts";
import { readInstallation } from "../registry/installation.ts";
import { query, type Registry, type TenantRow } from "../registry/registry.ts";
import { describeKeptRole, findRoleElsewhere } from "../registry/roles/role-use.ts";
import { readAdminRole } from "../registry/roles/service-role.ts";
import {
  createRole,
  createSchema,
  grant,
  grantAll,
  mendMembership,
  type Patient,
  type RepairStep,
} from "./steps.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** The steps for a tenant, and the problems that remain. */
export interface RepairPlan {
  readonly steps: readonly RepairStep[];
  /** The changes left to a person, because another database uses the role. */
  readonly left: readonly string[];
}

/**
 * Plans the repair of a tenant that the transaction has claimed.
 * @param emptySchema whether to create a missing schema again, with empty tables
 * @throws {AdminError} when the schema is missing and `emptySchema` is false
 */
export async function planRepair(
  registry: Registry,
  transaction: Transaction,
  tenant: TenantRow,
  migrations: TenantMigrations,
  emptySchema: boolean,
): Promise<RepairPlan> {
  const installation = await readInstallation(transaction);
  const admin = await readAdminRole(transaction);
  const [schema] = await query<{ owner: string }>(
    transaction,
    `select nspowner::regrole::text as owner from pg_catalog.pg_namespace where nspname = $1`,
    [tenant.schemaName],
  );
  const owner = schema?.owner ?? "";
  const patient = { registry, transaction, tenant, installation, admin, migrations, owner };
  const lacks = await findLacks(registry, [tenant.schemaName], transaction);
  const has = (kind: Lack["kind"]): boolean => lacks.some((lack) => lack.kind === kind);
  const [memberships, left] = await planMemberships(patient, lacks);
  const steps: RepairStep[] = [];
  if (has("role")) steps.push(createRole(patient));
  if (has("schema")) {
    if (!emptySchema) refuseSchema(tenant.schemaName);
    // The default privileges give its tables their grants.
    return { steps: [...steps, ...memberships, createSchema(patient)], left };
  }
  if (has("role")) return { steps: [...steps, grantAll(patient)], left };
  const grants = lacks.filter(({ kind }) => kind !== "membership");
  return { steps: [...memberships, ...grants.map((lack) => grant(patient, lack))], left };
}

async function planMemberships(
  patient: Patient,
  lacks: readonly Lack[],
): Promise<readonly [steps: readonly RepairStep[], left: readonly string[]]> {
  const lack = lacks.find(({ kind }) => kind === "membership");
  if (lack === undefined) return [[], []];
  const kept = await findRoleElsewhere(patient.transaction, lack.roleName);
  if (kept !== undefined && lack.missing !== MAY_NOT_BECOME) {
    return [[], [`${describeLack(lack)}; ${describeKeptRole(kept)}`]];
  }
  return [[mendMembership(patient, kept !== undefined)], []];
}

function refuseSchema(schemaName: string): never {
  throw new AdminError(
    `Cannot repair tenant "${schemaName}": its schema is missing and its rows are lost; ` +
      `drop the tenant and import an export with ${commandFor("import-tenant")}, or start with empty ` +
      "tables with --empty-schema",
  );
}
