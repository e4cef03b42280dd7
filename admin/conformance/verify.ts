// Runs every check on a user's pooler. Recipes that a pooler cannot make safe are reported, and do not fail the run.

import { describeServiceConnection } from "../doctor/connection-findings.ts";
import { readPooler } from "../doctor/pooler.ts";
import { withProbes } from "../doctor/probe.ts";
import { AdminError } from "../registry/admin-error.ts";

/** The result of one check; `told` marks a behaviour on which the service does not depend. */
export interface Verdict {
  readonly level: "ok" | "failed" | "told";
  readonly name: string;
  readonly seen: string;
}

/**
 * Runs every check, one after the other, and continues after a failure.
 * @param url the service role's URL of the pooler
 * @param adminUrl the admin role's URL, past the pooler
 * @param signal ends the run before the next check
 * @param tell called with each verdict
 * @throws {AdminError} when the URL does not lead to a pooler in transaction mode
 */
export async function verifyPooler(
  url: string,
  adminUrl: string,
  signal: AbortSignal,
  tell: (verdict: Verdict) => void,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  const add = (verdict: Verdict): void => {
    verdicts.push(verdict);
    tell(verdict);
  };
  const behaviour = await withProbes(url, readPooler);
  const [pooler, ...recipes] = describeServiceConnection(behaviour);
  if (behaviour.mode !== "transaction") {
    throw new AdminError(
      `Cannot verify pooler: ${pooler?.seen}; give the URL of one in transaction mode`,
    );
  }
  for (const { check, seen } of recipes) add({ level: "told", name: check, seen });
  const { performCheck } = await import("./check.ts");
  const { CHECKS } = await import("./checks.ts");
  const { withPool } = await import("./subjects.ts");
  await withPool(url, adminUrl, async (pool) => {
    await pool.meetStrangers();
    for (const check of CHECKS) {
      if (signal.aborted) return;
      try {
        add({ level: "ok", name: check.name, seen: await performCheck(pool, check) });
      } catch (error) {
        const seen = error instanceof Error ? error.message : String(error);
        add({ level: "failed", name: check.name, seen });
      }
    }
    const strangers = pool.strangers();
    if (strangers.length > 0) {
      const seen = `not checked, because the pool's clients did not reach them: ${strangers.join(", ")}`;
      add({ level: "told", name: "other connections of the service role", seen });
    }
  });
  return verdicts;
}
