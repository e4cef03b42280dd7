// The output of a drop.

import { describeKeptRole } from "../registry/roles/role-use.ts";
import { describeLeftOut } from "../transfer/description.ts";
import type { DroppedTenant } from "./drop.ts";

/** Formats the result of a drop as lines. */
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
  if (unproven !== undefined) lines.push(`The backup is unproven: ${unproven}`);
  if (keptRole) lines.push(describeKeptRole(keptRole));
  return lines;
}
