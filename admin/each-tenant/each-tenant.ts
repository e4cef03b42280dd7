// Runs one command in many tenants, several at once. A tenant that fails does not stop the others.

import type { AdminErrorCode } from "../registry/admin-error.ts";
import {
  adminCode,
  databaseMessage,
  isConnectionLost,
  sqlState,
} from "../registry/database-code.ts";
import type { Registry } from "../registry/registry.ts";
import { TenantBusy } from "../registry/tenants/lock.ts";
import { forEachTenant, type RunOptions } from "../batch/for-each-tenant.ts";
import type { Again } from "../batch/queue.ts";
import { retryAfter } from "../batch/retry.ts";
import type { CommandResult } from "./command.ts";
import { runInTenant, type TenantCommand, TenantSkipped } from "./run-in-tenant.ts";
import { openSessions } from "./sessions.ts";

/** The options of {@link runInEach}. */
export interface EachOptions extends RunOptions<EachOutcome> {
  /** Most attempts for a tenant that another verb has; 12 when left out. */
  readonly attempts?: number;
}

/** The outcome of one tenant. */
export type EachOutcome = { readonly schemaName: string } & (
  | { readonly outcome: "ran"; readonly result: CommandResult }
  | { readonly outcome: "skipped"; readonly reason: string }
  | {
      readonly outcome: "failed";
      readonly code: AdminErrorCode;
      readonly sqlstate: string | undefined;
      readonly message: string;
    }
);

/** How many tenants had each outcome; `left` were not started. */
export type EachSummary = Readonly<Record<EachOutcome["outcome"] | "left", number>>;

/**
 * Runs a command in each of the tenants.
 * @throws when it cannot connect any more; reported outcomes are final
 */
export async function runInEach(
  registry: Registry,
  schemaNames: readonly string[],
  command: TenantCommand,
  { attempts = 12, ...options }: EachOptions,
): Promise<EachSummary> {
  const none = { ran: 0, skipped: 0, failed: 0 };
  const sessions = openSessions(registry);
  const runOne = async (schemaName: string, attempt: number): Promise<EachOutcome | Again> => {
    let connected = false;
    try {
      const result = await sessions.lend((client) => {
        connected = true;
        return runInTenant(client, schemaName, command);
      });
      return { schemaName, outcome: "ran", result };
    } catch (error) {
      if (error instanceof TenantSkipped) {
        return { schemaName, outcome: "skipped", reason: error.message };
      }
      if (!connected) throw error;
      // Other failures are not retried: after a lost connection, the result of the command is unknown.
      if (error instanceof TenantBusy && attempt < attempts) return retryAfter(attempt);
      const unknown =
        command.write && isConnectionLost(error) ? "; whether it was done is unknown" : "";
      const message = `${databaseMessage(error)}${unknown}`;
      const [code, sqlstate] = [adminCode(error), sqlState(error)];
      return { schemaName, outcome: "failed", code, sqlstate, message };
    }
  };
  try {
    const { counts, left } = await forEachTenant(
      schemaNames,
      none,
      options,
      async (schemaName, { attempt, end }) => {
        const outcome = await runOne(schemaName, attempt);
        return "afterMs" in outcome ? outcome : end(outcome);
      },
    );
    return { ...counts, left: left.length };
  } finally {
    await sessions.close();
  }
}
