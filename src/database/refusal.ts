// The errors with which an entry refuses its tenant. A tenant's own function may raise any SQLSTATE with any fields, but
// only behind the entry, whose row precedes everything else of a message: what came before that row is the registry's.

import { sqlState } from "../errors.ts";

const refusals = new WeakSet<object>();

/** Marks an error as the entry's own. */
export function markRefusal(error: unknown): void {
  if (typeof error === "object" && error !== null) refusals.add(error);
}

/** The SQLSTATE with which an entry refused; undefined for every other error, whatever SQLSTATE it has. */
export function refusalState(error: unknown): string | undefined {
  return typeof error === "object" && error !== null && refusals.has(error)
    ? sqlState(error)
    : undefined;
}
