// What a drop tells.

import { describeKeptRole } from "../registry/role-use.ts";
import { describeLeftOut } from "../transfer/description.ts";
import type { DroppedTenant } from "./drop.ts";

/** The lines for a tenant that was dropped. */
export function describeDrop({
  schemaName,
  backup,
  unproven,
  losses,
  keptRole,
}: DroppedTenant): readonly string[] {
  const where = backup === undefined ? "without a backup" : `its backup is ${backup}`;
  const lines = [`Dropped tenant "${schemaName}"; ${where}`];
  lines.push(...describeLeftOut(losses));
  if (unproven !== undefined) lines.push(`The backup is not proven: ${unproven}`);
  if (keptRole) lines.push(describeKeptRole(keptRole));
  return lines;
}
