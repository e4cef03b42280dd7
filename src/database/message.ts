// What is sent to the database at once: one Query frame of the simple protocol, which PostgreSQL runs as one
// transaction. https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT

import type { Row } from "./rows.ts";
import type { Share } from "./shares.ts";

/** One message. */
export interface Message {
  /** SQL that enters a tenant, without a `;` at its end: two statements, the second with one row. */
  readonly entry?: string;
  /** The caller's own statements; a text may hold several. */
  readonly statements: readonly string[];
  /** What it counts as, such as its tenant: one owner has a bounded part of the connections. */
  readonly owner?: Share | undefined;
  /** Aborted when nobody waits for the answer any more: what has not been sent is then given up. */
  readonly signal?: AbortSignal | undefined;
}

/** What a message answered. */
export interface Answer {
  /** The row of the entry. */
  readonly entered: Row | undefined;
  /** The rows of each of the caller's statements that has any, in their order. */
  readonly results: readonly (readonly Row[])[];
}

/** What an entry answers with: its first statement has no rows, its second has one. */
export const ENTRY_RESULTS = 2;

/** The text of a message, as it is sent. */
export function messageText({ entry, statements }: Pick<Message, "entry" | "statements">): string {
  const text = statements.join(";");
  return entry === undefined ? text : `${entry};${text}`;
}
