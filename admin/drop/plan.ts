// What dropping a tenant would do.

import type { Report } from "../command/verb.ts";
import { formatCount } from "../print/count.ts";
import { transact } from "../batch/transact.ts";
import { readInstallation } from "../registry/installation.ts";
import type { Registry } from "../registry/registry.ts";
import { readRolePrefix } from "../registry/roles/tenant-role.ts";
import { claimTenant } from "../registry/tenants/transition.ts";
import { describeLeftOut } from "../transfer/description.ts";
import { findLosses, requireNoLosses } from "../transfer/shape/rehearsal.ts";
import { requireNewFile } from "./backup.ts";
import { countItems } from "./objects.ts";
import { requireNoOutsiders } from "./outsiders.ts";
import { DROPPABLE } from "./drop.ts";
import { requireKind } from "./remnant.ts";

/**
 * Describes a drop and makes the checks that it begins with. It changes nothing.
 * @param backup the file of the backup; undefined without one
 * @param lossy whether the backup may lack what was changed by hand
 * @throws {AdminError} for what would refuse the drop
 */
export async function planDrop(
  registry: Registry,
  schemaName: string,
  backup: string | undefined,
  lossy: boolean,
): Promise<Report> {
  const { status, roleName, isBegun } = await transact(registry, async (transaction) => {
    const tenant = await claimTenant(transaction, schemaName, "drop tenant", DROPPABLE);
    await requireKind(transaction, tenant, false);
    const { tenantRoles } = await readInstallation(transaction);
    const isOwn = tenantRoles && tenant.roleName.startsWith(await readRolePrefix(transaction));
    const role = isOwn ? tenant.roleName : undefined;
    await requireNoOutsiders(transaction, schemaName, role);
    await requireNewFile(transaction, schemaName, backup);
    return { status: tenant.status, roleName: role, isBegun: tenant.transition !== null };
  });
  // A drop that has begun has its backup.
  const losses = backup === undefined || isBegun ? [] : await findLosses(registry, schemaName);
  if (!lossy) requireNoLosses("drop tenant", schemaName, losses);
  const objects = await countItems(registry, schemaName);
  const domains = await registry.Domain.findAll({
    where: { schemaName, database: null },
    order: ["host"],
  });
  const hosts = domains.map(({ host }) => host);
  const copy = backup === undefined ? "without a backup" : `with a backup in ${backup}`;
  const where = hosts.length > 0 ? `, at ${hosts.join(", ")}` : "";
  return {
    lines: [
      ...describeLeftOut(losses),
      `Would drop tenant "${schemaName}" (${status})${where}: ${formatCount(objects, "object")}, ${copy}; ` +
        "nothing was changed",
    ],
    json: {
      plan: true,
      schemaName,
      status,
      hosts,
      objects,
      role: roleName ?? null,
      backup: backup ?? null,
      losses,
    },
  };
}
