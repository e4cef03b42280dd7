// The report of a verb that works on many tenants: one line of counts, and the exit status.

import type { Report } from "./verb.ts";

/** How many tenants had which outcome. */
export interface Summary {
  /** Begins the line, such as "Added 3 tenants in 1.2 s". */
  readonly head: string;
  /** Counts by what they count, such as `{ failed: 2 }`; the line leaves a 0 out. */
  readonly counts: Readonly<Record<string, number>>;
  /** How many tenants are as the caller wants them. */
  readonly done: number;
  /** How many tenants failed or were not begun. */
  readonly undone: number;
  /** Further lines. */
  readonly advice?: readonly string[];
  readonly json: unknown;
}

/** Exit status 0 when nothing is left undone, 3 when something was done, else 1. */
export function summarise({ head, counts, done, undone, advice = [], json }: Summary): Report {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return {
    lines: [[head, ...parts.map(([what, count]) => `${count} ${what}`)].join("; "), ...advice],
    json,
    status: undone === 0 ? 0 : done > 0 ? 3 : 1,
  };
}
