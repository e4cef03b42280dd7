// The pg client of a transaction. Sequelize cannot send COPY, and one transaction must both create and fill a tenant,
// so that a fault leaves neither.

import type pg from "pg";
import type { Transaction as ModelTransaction } from "sequelize";
import type { Transaction } from "./transaction.ts";

export type { Transaction } from "./transaction.ts";

/**
 * Returns the client that runs this transaction. Do not change anything on it that outlives the transaction, and do
 * not use it while Sequelize runs a query. Sequelize 6 keeps it in a field that its types do not name, and reads it
 * there for each query with `transaction`.
 * @throws {Error} when the transaction has ended, or does not run on PostgreSQL
 */
export function clientOf(transaction: Transaction): pg.Client {
  const client: unknown = Reflect.get(transaction, "connection");
  if (isClient(client)) return client;
  throw new Error("Cannot query within the transaction: it does not have a pg client");
}

/**
 * Returns a transaction for Sequelize's functions.
 * @throws {Error} when it began before Sequelize was loaded
 */
export function modelTransactionOf(transaction: Transaction): ModelTransaction {
  if ("LOCK" in transaction) return transaction;
  throw new Error(
    "Cannot use Sequelize within the transaction: it began before Sequelize was loaded",
  );
}

/** Checks the methods, not the class: this file does not load pg. */
function isClient(value: unknown): value is pg.Client {
  return typeof value === "object" && value !== null && "query" in value && "end" in value;
}

/**
 * Tells of each command that the client of a transaction sends, Sequelize's among them.
 * @param note receives the text; undefined for a command that has values beside its text
 * @returns ends it
 */
export function watchCommands(
  transaction: Transaction,
  note: (text: string | undefined) => void,
): () => void {
  const client = clientOf(transaction);
  const send: unknown = Reflect.get(client, "query");
  if (typeof send !== "function")
    throw new Error("Cannot watch the transaction: its client cannot query");
  Reflect.set(client, "query", (...parameters: readonly unknown[]): unknown => {
    const [text, values] = parameters;
    const isPlain = typeof text === "string" && !(Array.isArray(values) && values.length > 0);
    note(isPlain ? text : undefined);
    return Reflect.apply(send, client, parameters) as unknown;
  });
  return () => void Reflect.deleteProperty(client, "query");
}

const retired = new WeakSet<object>();

/** Has the connection of a transaction closed after it, because its session keeps what the transaction left there. */
export function retireConnection(transaction: Transaction): void {
  retireClient(clientOf(transaction));
}

/** Has a pooled connection closed when it is free again. */
export function retireClient(client: object): void {
  retired.add(client);
}

/** Whether a pooled connection may be used again. Sequelize's own check reads the same two fields. */
export function isReusable(client: unknown): boolean {
  if (typeof client !== "object" || client === null || retired.has(client)) return false;
  return Reflect.get(client, "_invalid") !== true && Reflect.get(client, "_ending") !== true;
}
