// What can be mended of one tenant without guessing: its role, the membership of the service role, and the
// grants. A step says what it will do before it does it; all of them are one transaction.

import type { Transaction } from "sequelize";
import { quoteName } from "../../src/sql/quote-name.ts";
import { buildSchema, type TenantMigrations } from "../migrations/tenant-migrations.ts";
import { AdminError } from "../registry/admin-error.ts";
import { readInstallation } from "../registry/installation.ts";
import { type Installation, query, type Registry, type TenantRow } from "../registry/registry.ts";
import { describeKeptRole, findRoleElsewhere } from "../registry/role-use.ts";
import { type AdminRole, readAdminRole } from "../registry/service-role.ts";
import { createTenantRole, grantSchema } from "../registry/tenant-role.ts";
import { describeLack, findLacks, type Lack, MAY_NOT_BECOME } from "./lack.ts";

/** One thing that will be done. */
interface RepairStep {
  /** In a phrase, such as `grant select on table "data" to role "rh_5_acme"`. */
  readonly what: string;
  /** True of the step that makes the schema: before it there is nothing to look at. */
  readonly createsSchema?: boolean;
  perform(): Promise<void>;
}

/** What the steps are made for. */
interface Patient {
  readonly registry: Registry;
  readonly transaction: Transaction;
  readonly tenant: TenantRow;
  readonly installation: Installation;
  readonly admin: AdminRole;
  readonly migrations: TenantMigrations;
  /** The role whose tables the default privileges are about; empty where there is no schema. */
  readonly owner: string;
}

/** What can be done for a tenant, and what is left. */
export interface RepairPlan {
  readonly steps: readonly RepairStep[];
  /** For a person: what would change a role that another database uses. */
  readonly left: readonly string[];
}

/**
 * Plans the mending of a tenant that the transaction has claimed.
 * @param emptySchema whether a missing schema is made anew, with empty tables
 * @throws {AdminError} when the schema is missing and is not to be made
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
    // Its tables come with their grants, by the default privileges.
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
    `Cannot repair tenant "${schemaName}": its schema is missing, and what was in it is lost; ` +
      `drop the tenant and bring an export back with node admin/import-tenant.js, or begin with empty ` +
      "tables with --empty-schema",
  );
}

function createRole({ transaction, tenant, installation, admin }: Patient): RepairStep {
  const { roleName } = tenant;
  const { serviceRole, tenantRoles } = installation;
  if (!tenantRoles) {
    throw new AdminError(
      `Cannot repair tenant "${tenant.schemaName}": the service role "${roleName}" is missing; ` +
        "run node admin/init-db.js, which creates it",
    );
  }
  return {
    what: `create role "${roleName}", which the service role "${serviceRole}" may become`,
    perform: () => createTenantRole(transaction, { roleName, serviceRole, admin }),
  };
}

function createSchema({ registry, transaction, tenant, migrations }: Patient): RepairStep {
  const { schemaName, roleName, version } = tenant;
  return {
    what: `create schema "${schemaName}" with the empty tables of version ${version}`,
    createsSchema: true,
    async perform() {
      await query(transaction, `create schema "${schemaName}"`);
      await grantSchema(transaction, schemaName, roleName);
      await buildSchema(registry, migrations, schemaName, transaction, version);
    },
  };
}

/** @param shared whether another database uses the role: then nothing is taken away */
function mendMembership(
  { transaction, tenant, installation, admin }: Patient,
  shared: boolean,
): RepairStep {
  const role = quoteName(tenant.roleName);
  const service = quoteName(installation.serviceRole);
  return {
    what: `let the service role ${service} become role ${role}, and have nothing of it before`,
    async perform() {
      const run = (text: string): Promise<unknown> => query(transaction, text);
      if (admin.serverVersion < 16) {
        await run(`grant ${role} to ${service}`);
        if (!shared) await run(`revoke admin option for ${role} from ${service}`);
        return;
      }
      // There is a grant for each grantor; options of another's are not to be had away by one's own.
      const grantors = await query<{ name: string }>(
        transaction,
        `select g.rolname as name from pg_catalog.pg_auth_members as m
           join pg_catalog.pg_roles as g on g.oid = m.grantor
          where m.roleid = (select oid from pg_catalog.pg_roles where rolname = $1)
            and m.member = (select oid from pg_catalog.pg_roles where rolname = $2)`,
        [tenant.roleName, installation.serviceRole],
      );
      for (const { name } of shared ? [] : grantors) {
        await run(`revoke ${role} from ${service} granted by ${quoteName(name)}`);
      }
      await run(`grant ${role} to ${service} with inherit false, set true`);
    },
  };
}

/** A role that is new has nothing: everything that is there is granted. */
function grantAll(patient: Patient): RepairStep {
  const { registry, transaction, tenant } = patient;
  const { schemaName, roleName } = tenant;
  return {
    what: `grant role "${roleName}" the use of schema "${schemaName}" and of all that is and will be in it`,
    async perform() {
      await grantSchema(transaction, schemaName, roleName);
      for (const lack of await findLacks(registry, [schemaName], transaction)) {
        await grant(patient, lack).perform();
      }
    },
  };
}

function grant({ transaction, tenant, owner }: Patient, lack: Lack): RepairStep {
  const role = quoteName(tenant.roleName);
  const schema = `"${tenant.schemaName}"`;
  const text = ((): string => {
    const { kind, object, missing, command } = lack;
    if (command !== undefined) return command;
    switch (kind) {
      case "usage":
        return `grant usage on schema ${schema} to ${role}`;
      case "defaults":
        return `alter default privileges for role ${owner} in schema ${schema} grant ${missing} on ${object} to ${role}`;
      case "table":
      case "sequence":
        return `grant ${missing} on ${kind} ${schema}.${quoteName(object)} to ${role}`;
      default:
        throw new Error(`Cannot grant: "${kind}" is no privilege`);
    }
  })();
  return {
    what: text,
    async perform() {
      await query(transaction, text);
    },
  };
}
