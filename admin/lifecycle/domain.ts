// The hosts of the tenants.

import type { Transaction } from "sequelize";
import { AdminError } from "../registry/admin-error.ts";
import { query, type Registry } from "../registry/registry.ts";
import { claimTenant } from "../registry/transition.ts";

/**
 * Adds a host to a tenant.
 * @param host in the registry's form, checked by parseDomain
 * @throws {AdminError} when there is no such tenant, or the host is somebody's already
 */
export async function addDomain(
  registry: Registry,
  host: string,
  schemaName: string,
): Promise<void> {
  await registry.sequelize.transaction(async (transaction) => {
    // Locked, so that the copy of its columns is of the row as it is when this commits.
    await claimTenant(registry, transaction, schemaName, "add host");
    await insertDomains(transaction, schemaName, [host]);
  });
}

/**
 * Takes a host from its tenant. No message that begins after this returns enters by it.
 * @param owner the schema of the tenant from which it is taken; whoever has it when left out
 * @returns the schema of the tenant that had it
 * @throws {AdminError} when no tenant has it, another than `owner` has it, or a longer change of the tenant has not ended
 */
export async function removeDomain(
  registry: Registry,
  host: string,
  owner?: string,
): Promise<string> {
  const { sequelize, Domain } = registry;
  return sequelize.transaction(async (transaction) => {
    const found = await Domain.findByPk(host, { transaction });
    if (found === null) throw noDomain(host);
    if (owner !== undefined && owner !== found.schemaName) {
      throw new AdminError(
        `Cannot remove host: "${host}" is not of tenant "${owner}"; see node admin/list-tenants.js`,
      );
    }
    const { schemaName } = await claimTenant(
      registry,
      transaction,
      found.schemaName,
      "remove host",
    );
    // It may have been given away before the lock was had.
    const removed = await Domain.destroy({ where: { host, schemaName }, transaction });
    if (removed === 0) throw noDomain(host);
    return schemaName;
  });
}

function noDomain(host: string): AdminError {
  return new AdminError(
    `Cannot remove host: no tenant has "${host}"; see node admin/list-tenants.js`,
  );
}

/**
 * Adds the rows of a tenant's hosts within a transaction.
 * @throws {AdminError} when one of them is somebody's already
 */
export async function insertDomains(
  transaction: Transaction,
  schemaName: string,
  hosts: readonly string[],
): Promise<void> {
  const inserted = await query<{ host: string }>(
    transaction,
    `insert into rowhouse.domain (host, schema_name, role_name, status, statement_timeout_ms)
     select host, schema_name, role_name, status, statement_timeout_ms
       from unnest($2::text[]) as host, rowhouse.tenant where schema_name = $1
     on conflict do nothing returning host`,
    [schemaName, hosts],
  );
  const taken = hosts.find((host) => !inserted.some((row) => row.host === host));
  if (taken === undefined) return;
  throw new AdminError(
    `Cannot add host: "${taken}" belongs to a tenant already; ` +
      `see node admin/list-tenants.js, and node admin/remove-domain.js ${taken}`,
  );
}
