// A move between databases that was killed, or whose home was away for a moment: the tenant has left the one database, and
// is not settled in the other one. Only the same move may go on from there.

import { commandFor } from "../program/form.ts";
import { AdminError } from "../registry/admin-error.ts";
import { findPointer } from "../registry/pointer.ts";
import type { Registry } from "../registry/registry.ts";

/**
 * Refuses a tenant whose move has not ended.
 * @param there the database where home's pointer leads
 * @param action completes "Cannot …", such as "drop tenant"
 * @throws {AdminError} tenant_in_transition
 */
export async function requireArrived(
  there: Registry,
  schemaName: string,
  action: string,
): Promise<void> {
  const tenant = await there.Tenant.findByPk(schemaName);
  const isArriving = tenant?.transition === "arriving" && tenant.peer !== null;
  const hasLeft = tenant?.transition === "moved";
  const to = isArriving
    ? there.database
    : hasLeft
      ? await findPointer(there, schemaName)
      : undefined;
  if (to === undefined) return;
  throw new AdminError(
    `Cannot ${action}: tenant "${schemaName}" is being moved to database "${to}"; first finish that with ` +
      `${commandFor("move-tenant")} ${schemaName} --to ${to}`,
    { code: "tenant_in_transition" },
  );
}
