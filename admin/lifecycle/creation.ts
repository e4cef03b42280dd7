// What the creation of a tenant needs, and the event of it.

import type { EventDetails, EventVerb, NewEvent } from "../events/event.ts";
import { References } from "../inspect/reference/conformity.ts";
import { Traces } from "../inspect/reference/traces.ts";
import { requireTrust } from "../inspect/reference/trust.ts";
import { nameOf, newestVersion } from "../migrations/changes.ts";
import { forNewSchema } from "../migrations/commands/fresh.ts";
import { loadTenantMigrations, type TenantMigrations } from "../migrations/ordered.ts";
import type { PlacedMigration } from "../migrations/folder/migration.ts";
import { requireNewRegistry } from "../migrations/registry-migrations.ts";
import type { Sharing } from "../migrations/stages.ts";
import { readInstallation } from "../registry/installation.ts";
import type { Displaced } from "../registry/pointer.ts";
import type { Installation, Registry, Settings } from "../registry/registry.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";
import { type AdminRole, readAdminRole } from "../registry/roles/service-role.ts";
import { type DefaultKind, readDefaultKinds } from "../registry/roles/tenant-grants.ts";
import { readRolePrefix } from "../registry/roles/tenant-role.ts";

/** The parameters that all new tenants of one database share; read once for many. */
export interface Creation {
  readonly installation: Installation;
  readonly admin: AdminRole;
  /** The part of a tenant role's name before the schema's name. */
  readonly rolePrefix: string;
  /** For which a new schema needs default privileges. */
  readonly defaultKinds: readonly DefaultKind[];
  readonly migrations: TenantMigrations;
  /** The same migrations as they run in a new schema. */
  readonly fresh: readonly PlacedMigration[];
  /** What new tenants are compared with. */
  readonly references: References;
  /** What modules send for new tenants, so that not every tenant needs to be compared. */
  readonly traces: Traces;
  /** Checks once that the references can be trusted. */
  readonly requireTrust: () => Promise<void>;
  /**
   * How the migrations share a transaction: "all" once a tenant has shown that their locks have room in one, "none" from
   * the moment when PostgreSQL has refused it.
   */
  readonly sharing: { mode: Sharing };
}

/** A tenant to create. */
export interface NewTenant {
  /** Checked by parseSchemaName. */
  readonly schemaName: string;
  /** In the registry's form, checked by parseDomain. */
  readonly hosts: readonly string[];
  /** The version at which it is filled; the newest when left out. */
  readonly version?: number;
  /** The version that it gets after that; `version` when left out. */
  readonly to?: number;
  readonly statementTimeoutMs?: number;
  readonly settings?: Settings;
  /** The pointers that give way to it, in the transaction in which it is served; none when left out. */
  readonly displaces?: Displaced | undefined;
}

/**
 * Reads the parameters that new tenants share.
 * @param given the migrations; those of the registry's folder when left out
 * @throws {AdminError} in a database without a registry or with an older one, or when the folder contradicts it
 */
export async function prepareCreation(
  registry: Registry,
  given?: TenantMigrations,
): Promise<Creation> {
  const migrations = given ?? (await loadTenantMigrations(registry));
  const newest = newestVersion(migrations);
  const references = new References(registry, migrations, [newest]);
  let trust: Promise<void> | undefined;
  return registry.withTransaction(async (transaction) => ({
    installation: await readCurrent(transaction, registry.database),
    admin: await readAdminRole(transaction),
    rolePrefix: await readRolePrefix(transaction),
    defaultKinds: await readDefaultKinds(transaction),
    migrations,
    fresh: migrations.ordered.map(forNewSchema),
    references,
    traces: new Traces(migrations.ordered),
    requireTrust: () =>
      (trust ??= requireTrust(registry, references, migrations, { from: 0, to: newest })),
    sharing: { mode: "some" },
  }));
}

/** Reads the installation. Nothing is begun in an older registry, where not even the remains could be removed. */
async function readCurrent(transaction: Transaction, database: string): Promise<Installation> {
  const installation = await readInstallation(transaction);
  await requireNewRegistry(transaction, "add tenant", database);
  return installation;
}

/** The verb that creates a tenant, and what its event says beside the tenant's own values. */
export interface CreationSource {
  readonly verb: EventVerb;
  readonly details?: EventDetails;
}

/** Builds the event of a creation: hosts, version and the names of the settings. */
export function describeCreation(
  { actor }: Pick<Registry, "actor">,
  { migrations }: Creation,
  tenant: NewTenant,
  { verb, details = {} }: CreationSource,
): NewEvent {
  const { schemaName, hosts, settings = {}, statementTimeoutMs } = tenant;
  const version = tenant.to ?? tenant.version ?? newestVersion(migrations);
  const names = Object.keys(settings);
  return {
    ...{ actor, verb, schemaName },
    details: {
      ...details,
      hosts: { added: hosts },
      version,
      ...(version > 0 && { migration: nameOf(migrations, version) }),
      ...(statementTimeoutMs !== undefined && { statementTimeoutMs }),
      ...(names.length > 0 && { settings: { set: names } }),
    },
  };
}
