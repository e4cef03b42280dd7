// The steps of a repair. Each describes itself before it runs.

import { DISTRIBUTE_SCHEMAS } from "../citus/sql.ts";
import { commandFor } from "../program/form.ts";
import { quoteName } from "../../src/sql/quote-name.ts";
import { findLacks, type Lack } from "../inspect/lack.ts";
import { applyMigration } from "../migrations/commands/apply.ts";
import { forNewSchema } from "../migrations/commands/fresh.ts";
import type { TenantMigrations } from "../migrations/ordered.ts";
import { AdminError } from "../registry/admin-error.ts";
import { type Installation, query, type Registry, type TenantRow } from "../registry/registry.ts";
import type { AdminRole } from "../registry/roles/service-role.ts";
import { createTenantRole, grantSchema } from "../registry/roles/tenant-role.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** A step of a repair. */
export interface RepairStep {
  /** The step in a phrase, such as `grant select on table "data" to role "rh_5_acme"`. */
  readonly what: string;
  /** True for the step that creates the schema, which does not exist before it. */
  readonly createsSchema?: boolean;
  perform(): Promise<void>;
}

/** The tenant and the roles that the steps concern. */
export interface Patient {
  readonly registry: Registry;
  readonly transaction: Transaction;
  readonly tenant: TenantRow;
  readonly installation: Installation;
  readonly admin: AdminRole;
  readonly migrations: TenantMigrations;
  /** The role whose future tables the default privileges cover; empty when the schema is missing. */
  readonly owner: string;
}

/**
 * Makes the step that creates the role.
 * @throws {AdminError} where tenants share the service role
 */
export function createRole({ transaction, tenant, installation, admin }: Patient): RepairStep {
  const { roleName } = tenant;
  const { serviceRole, tenantRoles } = installation;
  if (!tenantRoles) {
    throw new AdminError(
      `Cannot repair tenant "${tenant.schemaName}": the service role "${roleName}" is missing; ` +
        `run ${commandFor("init-db")}, which creates it`,
    );
  }
  return {
    what: `create role "${roleName}", which the service role "${serviceRole}" may become`,
    perform: () => createTenantRole(transaction, { roleName, serviceRole, admin }),
  };
}

/** Makes the step that creates the schema again, with empty tables. */
export function createSchema({ registry, transaction, tenant, migrations }: Patient): RepairStep {
  const { schemaName, roleName, version } = tenant;
  return {
    what: `create schema "${schemaName}" with the empty tables of version ${version}`,
    createsSchema: true,
    async perform() {
      await query(transaction, `${DISTRIBUTE_SCHEMAS};create schema "${schemaName}"`);
      await grantSchema(transaction, schemaName, roleName);
      const { sharedSchemas } = migrations;
      for (const migration of migrations.ordered.slice(0, version).map(forNewSchema)) {
        await applyMigration({ registry, schemaName, sharedSchemas }, transaction, migration, "up");
      }
    },
  };
}

/**
 * Makes the step that lets the service role become the role.
 * @param shared whether another database uses the role, which then keeps all of its privileges
 */
export function mendMembership(
  { transaction, tenant, installation, admin }: Patient,
  shared: boolean,
): RepairStep {
  const role = quoteName(tenant.roleName);
  const service = quoteName(installation.serviceRole);
  return {
    what: `let the service role ${service} become role ${role}, and not inherit its privileges`,
    async perform() {
      const run = (text: string): Promise<unknown> => query(transaction, text);
      if (admin.serverVersion < 16) {
        await run(`grant ${role} to ${service}`);
        if (!shared) await run(`revoke admin option for ${role} from ${service}`);
        return;
      }
      // Each grantor has its own grant, and a grant of ours does not change the options of another's.
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

/** Makes the step for a new role, which lacks every privilege: it gets those on every existing object. */
export function grantAll(patient: Patient): RepairStep {
  const { registry, transaction, tenant } = patient;
  const { schemaName, roleName } = tenant;
  return {
    what: `grant role "${roleName}" the use of schema "${schemaName}" and of all its present and future objects`,
    async perform() {
      await grantSchema(transaction, schemaName, roleName);
      for (const lack of await findLacks(registry, [schemaName], transaction)) {
        await grant(patient, lack).perform();
      }
    },
  };
}

/** Makes the step that grants what is missing. */
export function grant({ transaction, tenant, owner }: Patient, lack: Lack): RepairStep {
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
        throw new Error(`Cannot grant: "${kind}" is not a privilege`);
    }
  })();
  return {
    what: text,
    async perform() {
      await query(transaction, text);
    },
  };
}
