// One command in many tenants, several at once. One that fails stops no other.

import { databaseCode, databaseMessage, isConnectionLost } from "../registry/database-code.ts";
import type { Registry } from "../registry/registry.ts";
import { type Again, runQueue } from "../batch/queue.ts";
import { retryAfter } from "../batch/retry.ts";
import type { CommandResult } from "./command.ts";
import { runInTenant, TenantBusy, type TenantCommand, TenantSkipped } from "./run-in-tenant.ts";
import { openSessions } from "./sessions.ts";

const ATTEMPTS = 12;

/** What became of one tenant. */
export type EachOutcome = { readonly schemaName: string } & (
  | { readonly outcome: "ran"; readonly result: CommandResult }
  | { readonly outcome: "skipped"; readonly reason: string }
  | { readonly outcome: "failed"; readonly sqlstate: string | undefined; readonly message: string }
);

/** How they are to be run. */
export interface EachOptions {
  readonly concurrency: number;
  /** Begins no more tenants once so many have failed. */
  readonly maxFailures: number;
  /** Begins no more tenants once it is aborted. */
  readonly signal?: AbortSignal;
  /** Called with each outcome, in the order in which they end. */
  readonly report: (outcome: EachOutcome) => void;
}

/** How many tenants had each outcome; `left` were not begun. */
export type EachSummary = Readonly<Record<EachOutcome["outcome"] | "left", number>>;

/**
 * Runs a command in each of the tenants.
 * @throws when no connection is to be had any more; what was reported has happened
 */
export async function runInEach(
  { url }: Registry,
  schemaNames: readonly string[],
  command: TenantCommand,
  options: EachOptions,
): Promise<EachSummary> {
  const counts = { ran: 0, skipped: 0, failed: 0 };
  const enough = new AbortController();
  const sessions = openSessions(url);
  const attempts = new Map<string, number>();
  const runOne = async (schemaName: string): Promise<EachOutcome | Again> => {
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
      const attempt = (attempts.get(schemaName) ?? 0) + 1;
      attempts.set(schemaName, attempt);
      // Whatever else failed is not sent again: of a lost connection nobody knows what it has done.
      if (error instanceof TenantBusy && attempt < ATTEMPTS) return retryAfter(attempt);
      return { schemaName, outcome: "failed", ...describeFailure(error, command.write) };
    }
  };
  try {
    const left = await runQueue(
      schemaNames,
      options.concurrency,
      async (schemaName) => {
        const outcome = await runOne(schemaName);
        if ("afterMs" in outcome) return outcome;
        counts[outcome.outcome] += 1;
        options.report(outcome);
        if (counts.failed >= options.maxFailures) enough.abort();
        return undefined;
      },
      AbortSignal.any(options.signal ? [options.signal, enough.signal] : [enough.signal]),
    );
    return { ...counts, left: left.length };
  } finally {
    await sessions.close();
  }
}

function describeFailure(
  error: unknown,
  write: boolean,
): { readonly sqlstate: string | undefined; readonly message: string } {
  const unknown = write && isConnectionLost(error) ? "; whether it was done is unknown" : "";
  return {
    sqlstate: /^[0-9A-Z]{5}$/.exec(databaseCode(error) ?? "")?.[0],
    message: `${databaseMessage(error)}${unknown}`,
  };
}
