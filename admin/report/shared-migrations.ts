// What the verb migrate says about shared migrations.

import type { Call } from "../command/verb.ts";
import type { MigrationPlan } from "../library/contract/migration.ts";
import { formatCount } from "../print/count.ts";

/** Prints the pending ones, and what the reader of their folder says. */
export function printShared(
  call: Call,
  { tool, pending, notices }: NonNullable<MigrationPlan["shared"]>,
): void {
  const names = pending.map(({ name }) => name);
  call.print(`Shared: ${tool}, ${formatCount(pending.length, "migration")} pending`, {
    shared: true,
    tool,
    pending: names,
  });
  for (const notice of notices) {
    const { file, line, text } = notice;
    call.print(`Shared: ${file}, line ${line}: ${text}`, { shared: true, ...notice });
  }
  for (const { name, isTransactional } of pending) {
    const how = isTransactional ? "" : ", without a transaction";
    call.print(`Shared: up ${name}${how}`, undefined);
  }
}
