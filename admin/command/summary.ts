// The report of a verb that processes many tenants: one line of counts, and the exit status.

import type { Report } from "./verb.ts";

/** How many tenants had which outcome. */
export interface Summary {
  /** The beginning of the line, such as "Added 3 tenants in 1.2 s". */
  readonly head: string;
  /** Counts by label, such as `{ failed: 2 }`; the line omits zeros. */
  readonly counts: Readonly<Record<string, number>>;
  /** How many tenants are in the requested state. */
  readonly done: number;
  /** How many tenants failed or were not started. */
  readonly undone: number;
  /** Further lines. */
  readonly advice?: readonly string[];
  readonly json: unknown;
}

/** Builds the report: exit status 0 when everything is done, 3 when only a part is, 1 when nothing is. */
export function summarise({ head, counts, done, undone, advice = [], json }: Summary): Report {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return {
    lines: [[head, ...parts.map(([what, count]) => `${count} ${what}`)].join("; "), ...advice],
    json,
    status: undone === 0 ? 0 : done > 0 ? 3 : 1,
  };
}
