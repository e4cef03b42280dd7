// Recognizes commands that PostgreSQL refuses in a transaction, and commands that reach beyond the tenant.
// https://www.postgresql.org/docs/current/maintenance.html

import { isTransactionControl, skipToCommand } from "./command.ts";

const OUTSIDE =
  /^(?:vacuum|cluster|reindex\b[^]*\bconcurrently|(?:create\s+(?:unique\s+)?|drop\s+)index\s+concurrently)\b/i;

// Without a table, these process the whole database, once for each tenant.
const WHOLE =
  /^(?:(?:vacuum|analy[sz]e|cluster)(?:\s|\([^)]*\)|\b(?:full|freeze|verbose|analy[sz]e)\b|;)*$|reindex\b\s*(?:\([^)]*\)\s*)?(?:schema|database|system)\b)/i;

/** Returns whether a command must run outside a transaction; it then commits by itself. */
export function needsNoTransaction(text: string): boolean {
  return OUTSIDE.test(skipToCommand(text));
}

/** Returns whether a command does not name a table, so that it processes the whole database. */
export function isForWholeDatabase(text: string): boolean {
  return WHOLE.test(skipToCommand(text).trim());
}

/**
 * Finds why a command cannot be run in each tenant; undefined when it can. The text completes "it …".
 */
export function findCommandProblem(
  text: string,
  { write, asOwner }: { readonly write: boolean; readonly asOwner: boolean },
): string | undefined {
  if (skipToCommand(text) === "") return "is empty";
  if (isTransactionControl(text)) {
    return "must not begin or end a transaction: the verb runs the command in one transaction per tenant";
  }
  if (!asOwner) return undefined;
  if (isForWholeDatabase(text)) {
    return "does not name a table: it would process the whole database once per tenant";
  }
  if (needsNoTransaction(text) && !write)
    return "cannot run in a read-only transaction: add --write";
  return undefined;
}
