// Adds and removes the hosts of the tenants.

import { commandFor } from "../program/form.ts";
import { AdminError } from "../registry/admin-error.ts";
import { type NewEvent, queryWithEvent } from "../events/event.ts";
import { readPointer, removePointers } from "../registry/pointer.ts";
import { query, type Registry } from "../registry/registry.ts";
import { findDomainRow } from "../registry/tenants/rows.ts";
import { claimTenant } from "../registry/tenants/transition.ts";
import type { NewTenant } from "./creation.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/**
 * Adds a host to a tenant.
 * @param host in the registry's form, checked by parseDomain
 * @throws {AdminError} when the tenant does not exist, or the host already belongs to a tenant
 */
export async function addDomain(
  registry: Registry,
  host: string,
  schemaName: string,
): Promise<void> {
  await registry.withTransaction(async (transaction) => {
    // The lock keeps the tenant's columns, which the new row copies, unchanged until this commits.
    await claimTenant(transaction, schemaName, "add host");
    const details = { hosts: { added: [host] } };
    const event: NewEvent = { actor: registry.actor, verb: "add-domain", schemaName, details };
    await insertDomains(transaction, schemaName, [host], event);
  });
}

/**
 * Removes a host from its tenant. Messages that begin after this returns cannot enter by it.
 * @param owner the schema of the tenant that must have it; any tenant when left out
 * @returns the schema of the tenant that had it
 * @throws {AdminError} when the host does not belong to a tenant, belongs to another tenant than `owner`, or the
 *   tenant is in a transition
 */
export async function removeDomain(
  registry: Registry,
  host: string,
  owner?: string,
): Promise<string> {
  const { withTransaction, actor } = registry;
  return withTransaction(async (transaction) => {
    const schemaName = await claimHost(transaction, host, owner);
    // Another tenant may have got it before this had the lock.
    const details = { hosts: { removed: [host] } };
    const removed = await queryWithEvent(
      transaction,
      { actor, verb: "remove-domain", schemaName, details },
      "delete from rowhouse.domain where host = $1 and schema_name = $2 and database is null returning host",
      [host, schemaName],
    );
    if (removed.length === 0) throw noDomain(host);
    return schemaName;
  });
}

/** What removing a host would do. */
export interface PlannedRemoval {
  readonly host: string;
  readonly schemaName: string;
  /** The hosts that the tenant would keep, in alphabetical order. */
  readonly kept: readonly string[];
}

/** Makes the checks of {@link removeDomain}, and changes nothing. Throws as it does. */
export function planRemoval(registry: Registry, host: string): Promise<PlannedRemoval> {
  return registry.withTransaction(async (transaction) => {
    const schemaName = await claimHost(transaction, host);
    const text =
      "select host from rowhouse.domain where schema_name = $1 and host <> $2 and database is null order by 1";
    const kept = await query<{ host: string }>(transaction, text, [schemaName, host]);
    return { host, schemaName, kept: kept.map((row) => row.host) };
  });
}

/** Locks the tenant of a host, and returns its schema. */
async function claimHost(transaction: Transaction, host: string, owner?: string): Promise<string> {
  const found = await findDomainRow(transaction, host);
  if (found === undefined) throw noDomain(host);
  if (found.database !== null) {
    throw new AdminError(
      `Cannot remove host: "${host}" belongs to tenant "${found.schemaName}" of database "${found.database}"; ` +
        "remove it there",
      { code: "host_not_found" },
    );
  }
  if (owner !== undefined && owner !== found.schemaName) {
    throw new AdminError(
      `Cannot remove host: "${host}" does not belong to tenant "${owner}"; see ${commandFor("list-tenants")}`,
      { code: "host_not_found" },
    );
  }
  const tenant = await claimTenant(transaction, found.schemaName, "remove host");
  return tenant.schemaName;
}

function noDomain(host: string): AdminError {
  return new AdminError(
    `Cannot remove host: "${host}" does not belong to a tenant; see ${commandFor("list-tenants")}`,
    { code: "host_not_found" },
  );
}

const INSERT_HOSTS = `
  insert into rowhouse.domain (host, schema_name, role_name, status, statement_timeout_ms, has_settings)
  select host, schema_name, role_name, status, statement_timeout_ms, has_settings
    from unnest($2::text[]) as host, rowhouse.tenant
   where schema_name = $1 and not exists (select from rowhouse.pointer where schema_name = $1)
  on conflict do nothing returning host`;

/**
 * Adds the rows of a tenant's hosts within a transaction.
 * @param event what it writes with them; left out where the caller writes the event
 * @throws {AdminError} when one of them already belongs to a tenant, or the tenant lives in another database
 */
export async function insertDomains(
  transaction: Transaction,
  schemaName: string,
  hosts: readonly string[],
  event?: NewEvent,
): Promise<void> {
  const bind = [schemaName, hosts];
  const inserted = await (event === undefined
    ? query<{ host: string }>(transaction, INSERT_HOSTS, bind)
    : queryWithEvent<{ host: string }>(transaction, event, INSERT_HOSTS, bind));
  const taken = hosts.find((host) => !inserted.some((row) => row.host === host));
  // Without a host, nothing has looked for a pointer yet.
  if (taken === undefined && hosts.length > 0) return;
  await requireNoPointer(transaction, schemaName);
  if (taken !== undefined) throw hostTaken(taken);
}

/** Gives a new tenant its hosts, as {@link insertDomains} does, and takes away the pointers that give way to it. */
export async function serveTenant(
  transaction: Transaction,
  { schemaName, hosts, displaces }: NewTenant,
  event?: NewEvent,
): Promise<void> {
  if (displaces !== undefined) await removePointers(transaction, schemaName, displaces, hosts);
  await insertDomains(transaction, schemaName, hosts, event);
}

/**
 * Refuses hosts that belong to a tenant already, before work that takes several transactions.
 * @param displaces as in NewTenant
 * @throws {AdminError} as {@link insertDomains}
 */
export async function requireFreeHosts(
  transaction: Transaction,
  { schemaName, hosts, displaces }: Pick<NewTenant, "schemaName" | "hosts" | "displaces">,
): Promise<void> {
  const [taken] = await query<{ host: string }>(
    transaction,
    `select host from rowhouse.domain
      where host = any($1::text[])
        and not (database is not null and ($3 = 'all' or $3 = 'own' and schema_name = $2))
      order by host limit 1`,
    [hosts, schemaName, displaces ?? ""],
  );
  if (taken !== undefined) throw hostTaken(taken.host);
}

/**
 * Refuses the name of a tenant that lives in another database.
 * @param action completes "Cannot …"
 * @throws {AdminError} name_taken
 */
export async function requireNoPointer(
  transaction: Transaction,
  schemaName: string,
  action = "add tenant",
): Promise<void> {
  const database = await readPointer(transaction, schemaName);
  if (database === undefined) return;
  throw new TenantElsewhere(
    `Cannot ${action}: schema "${schemaName}" is a tenant of database "${database}" already; choose another name, ` +
      "or remove that one first",
    { code: "name_taken" },
  );
}

/** The error when a tenant that lives in another database has the name. */
export class TenantElsewhere extends AdminError {}

/** The error when the host belongs to another tenant. */
export function hostTaken(host: string): AdminError {
  return new AdminError(
    `Cannot add host: "${host}" already belongs to a tenant; ` +
      `see ${commandFor("list-tenants")}, and ${commandFor("remove-domain")} ${host}`,
    { code: "host_taken" },
  );
}
