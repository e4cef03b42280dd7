// Recognizes commands that PostgreSQL refuses in a transaction, and commands that reach beyond the tenant.
// https://www.postgresql.org/docs/current/maintenance.html

import { skipToCommand } from "./command.ts";

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
