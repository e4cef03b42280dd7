// In which tenants a command would run.

import type { Report } from "../command/verb.ts";
import { formatCount } from "../print/count.ts";
import type { Registry } from "../registry/registry.ts";
import { pickTenants, type TenantChoice } from "../registry/tenants/pattern.ts";

/**
 * Lists the tenants in which a command would run, by name.
 * @throws {AdminError} for a list that names a tenant which does not exist, and for a malformed setting
 */
export async function planEach(
  registry: Registry,
  choice: TenantChoice,
  write: boolean,
): Promise<Report> {
  const all = await registry.Tenant.findAll({ attributes: ["schemaName"], order: ["schemaName"] });
  const picked = await pickTenants(registry, all, choice);
  const tenants = picked.map(({ schemaName }) => schemaName);
  return {
    lines: [
      ...tenants,
      `Would run in ${formatCount(tenants.length, "tenant")}, ${write ? "and commit" : "read-only"}; nothing was run`,
    ],
    json: { plan: true, tenants, write },
  };
}
