// A message to the database is one Query frame of the simple protocol. PostgreSQL runs it as one transaction.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT

import type { Row } from "./values/rows.ts";
import type { Share } from "./pool/shares.ts";

/** One message to the database. */
export interface Message {
  /** The SQL that enters a tenant: two statements without a final `;`, of which the second returns one row. */
  readonly entry?: string;
  /** The caller's own statements; a text may hold several. */
  readonly statements: readonly string[];
  /** The share that it counts for, such as its tenant's. One owner gets a bounded part of the connections. */
  readonly owner?: Share | undefined;
  /** Aborted when the caller stops waiting; a message that was not sent by then is dropped. */
  readonly signal?: AbortSignal | undefined;
}

/** The answer to a message. */
export interface Answer {
  /** The row of the entry. */
  readonly entered: Row | undefined;
  /** The rows of each of the caller's statements that returns rows, in the order of the statements. */
  readonly results: readonly (readonly Row[])[];
}

/** The number of an entry's results: its first statement returns no rows, its second returns one. */
export const ENTRY_RESULTS = 2;

/** The text of a message, as it is sent. */
export function messageText({ entry, statements }: Pick<Message, "entry" | "statements">): string {
  const text = statements.join(";");
  return entry === undefined ? text : `${entry};${text}`;
}
