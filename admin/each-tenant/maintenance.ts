// Commands of an owner's that PostgreSQL takes in no transaction, and those that would leave the tenant.
// https://www.postgresql.org/docs/current/maintenance.html

import { skipToCommand } from "./command.ts";

const OUTSIDE =
  /^(?:vacuum|cluster|reindex\b[^]*\bconcurrently|(?:create\s+(?:unique\s+)?|drop\s+)index\s+concurrently)\b/i;

// Without a table these work on the whole database, once for each tenant.
const WHOLE =
  /^(?:(?:vacuum|analy[sz]e|cluster)(?:\s|\([^)]*\)|\b(?:full|freeze|verbose|analy[sz]e)\b|;)*$|reindex\b\s*(?:\([^)]*\)\s*)?(?:schema|database|system)\b)/i;

/** Whether a command has to be run outside a transaction; it then commits by itself. */
export function needsNoTransaction(text: string): boolean {
  return OUTSIDE.test(skipToCommand(text));
}

/** Whether a command names no table, so that it works on the whole database. */
export function isForWholeDatabase(text: string): boolean {
  return WHOLE.test(skipToCommand(text).trim());
}
