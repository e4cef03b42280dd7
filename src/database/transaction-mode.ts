// The mode of a transaction. It stands in BEGIN, so that it costs no message and holds before the entry reads.
// https://www.postgresql.org/docs/current/sql-set-transaction.html

const ISOLATION_LEVELS = [
  "read uncommitted",
  "read committed",
  "repeatable read",
  "serializable",
] as const;
const ACCESS_MODES = ["read write", "read only"] as const;

/** How a transaction sees others, and whether it may write; the server's defaults where a member is missing. */
export interface TransactionMode {
  readonly isolationLevel?: (typeof ISOLATION_LEVELS)[number] | undefined;
  readonly accessMode?: (typeof ACCESS_MODES)[number] | undefined;
  /** Whether a serializable, read-only transaction waits until it cannot fail. */
  readonly deferrable?: boolean | undefined;
}

/**
 * Writes the command that begins a transaction.
 * @throws {TypeError} for a level or an access mode that PostgreSQL does not have
 */
export function beginText({ isolationLevel, accessMode, deferrable }: TransactionMode): string {
  let text = "begin";
  if (isolationLevel !== undefined) {
    text += ` isolation level ${check(isolationLevel, ISOLATION_LEVELS)}`;
  }
  if (accessMode !== undefined) text += ` ${check(accessMode, ACCESS_MODES)}`;
  if (deferrable !== undefined) text += deferrable ? " deferrable" : " not deferrable";
  return text;
}

function check(mode: string, modes: readonly string[]): string {
  if (modes.includes(mode)) return mode;
  throw new TypeError(`Cannot begin: "${mode}" is not one of "${modes.join('", "')}"`);
}
