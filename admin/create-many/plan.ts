// Which tenants of a list would be created.

import { readRows } from "../registry/registry.ts";
import type { CheckedTenant } from "../tenant-list/check.ts";
import type { Place } from "../tenant-list/place.ts";

/** What would become of one tenant; `problem` says why it would fail. */
export interface PlannedTenant extends CheckedTenant {
  readonly outcome: "add" | "existing" | "fail";
  readonly problem?: string;
}

/**
 * Compares a list with the database: tenants, hosts and schemas. It changes nothing.
 * @param tenants in the order of the file, checked
 */
export async function planTenants(
  { registry, findExisting, findOwners }: Place,
  tenants: readonly CheckedTenant[],
): Promise<readonly PlannedTenant[]> {
  const existing = await findExisting(tenants);
  const fresh = tenants.filter(({ schemaName }) => !existing.has(schemaName));
  const owners = await findOwners(fresh);
  const schemas = await readRows<{ name: string }>(
    registry,
    `select nspname as name from pg_catalog.pg_namespace as n
      where nspname = any($1::text[])
        and not exists (select from rowhouse.tenant where schema_name = nspname)`,
    [fresh.map(({ schemaName }) => schemaName)],
  );
  const taken = new Set(schemas.map(({ name }) => name));
  return tenants.map((tenant) => {
    const found = existing.get(tenant.schemaName);
    if (found !== undefined) return judge(tenant, "existing", found.problem);
    const host = tenant.hosts.find((name) => owners.has(name));
    if (host !== undefined) {
      return judge(tenant, "add", `host "${host}" belongs to tenant "${owners.get(host)}"`);
    }
    const isTaken = taken.has(tenant.schemaName);
    return judge(
      tenant,
      "add",
      isTaken ? `schema "${tenant.schemaName}" exists already` : undefined,
    );
  });
}

function judge(
  tenant: CheckedTenant,
  outcome: "add" | "existing",
  problem: string | undefined,
): PlannedTenant {
  return problem === undefined ? { ...tenant, outcome } : { ...tenant, outcome: "fail", problem };
}
