// A user's pooler, tried with every check. Recipes that no pooler can make safe are told of, and fail nothing.

import { describeServiceConnection } from "../doctor/connection-findings.ts";
import { readPooler } from "../doctor/pooler.ts";
import { withProbes } from "../doctor/probe.ts";
import { AdminError } from "../registry/admin-error.ts";
import { performCheck } from "./check.ts";
import { CHECKS } from "./checks.ts";
import { withPool } from "./subjects.ts";

/** How one check ended; `told` is for what the service does not depend on. */
export interface Verdict {
  readonly level: "ok" | "failed" | "told";
  readonly name: string;
  readonly seen: string;
}

/**
 * Runs every check, one after the other, and goes on after one that fails.
 * @param url the service role's URL of the pooler
 * @param adminUrl a direct one of the admin role
 * @param signal ends it before the next check
 * @param tell called with each verdict as it comes
 * @throws {AdminError} when there is no pooler in transaction mode
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
      const seen = `not looked at, because no client of the pool came to them: ${strangers.join(", ")}`;
      add({ level: "told", name: "other connections of the service role", seen });
    }
  });
  return verdicts;
}
