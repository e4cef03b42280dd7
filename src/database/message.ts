// A message to the database is one Query frame of the simple protocol. PostgreSQL runs it as one transaction.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT

import type { Reading, Results, Row } from "./values/rows.ts";
import type { Share } from "./pool/shares.ts";

/** One statement of a message; a bare text has rows. */
export type Statement =
  | string
  | {
      readonly text: string;
      /** Whether its answer has rows: false for INSERT, UPDATE, DELETE or MERGE without RETURNING. */
      readonly hasRows: boolean;
      readonly reading?: Reading | undefined;
    };

/** One message to the database. */
export interface Message {
  /** The SQL that enters a tenant: two statements without a final `;`, of which the second returns one row. */
  readonly entry?: string;
  /** The caller's own statements; a bare text may hold several that have rows. */
  readonly statements: readonly Statement[];
  /** The share that it counts for, such as its tenant's. One owner gets a bounded part of the connections. */
  readonly owner?: Share | undefined;
  /** Aborted when the caller stops waiting; a message that was not sent by then is dropped. */
  readonly signal?: AbortSignal | undefined;
  /** When it must have ended, on the clock of `performance.now()`; the database's own deadline may be before. */
  readonly until?: number | undefined;
}

/** The answer to a message. */
export interface Answer {
  /** The row of the entry. */
  readonly entered: Row | undefined;
  /** The rows of each of the caller's statements, in the order of the statements. */
  readonly results: Results;
  /** The name of the database that gave it; left out where there is one alone. */
  readonly database?: string;
}

/** The number of an entry's results: its first statement returns no rows, its second returns one. */
export const ENTRY_RESULTS = 2;

/**
 * Stands before a statement without rows. postgres.js 3.4.9 begins a result only where rows begin, and keeps the first
 * count that follows. SHOW has a row and no count, so the statement's own count and command are kept there.
 */
export const COUNTER = "show role";

/** Asks for the process of PostgreSQL. Processes of several servers may have one number; the start tells them apart. */
export const SERVER_PROCESS =
  "select pg_catalog.concat(pg_catalog.pg_backend_pid(), ' of ', pg_catalog.pg_postmaster_start_time()) as process";

/** The text of a message, as it is sent. */
export function messageText({ entry, statements }: Pick<Message, "entry" | "statements">): string {
  let text = entry ?? "";
  for (let at = 0; at < statements.length; at += 1) {
    const statement = statements[at] ?? "";
    if (at > 0 || entry !== undefined) text += ";";
    if (typeof statement === "string") text += statement;
    else text += statement.hasRows ? statement.text : `${COUNTER};${statement.text}`;
  }
  return text;
}

/** The number of SHOW statements in a message. Each has one row, which belongs to no result. */
export function countersOf(statements: readonly Statement[]): number {
  let counters = 0;
  for (const statement of statements) {
    if (typeof statement !== "string" && !statement.hasRows) counters += 1;
  }
  return counters;
}
