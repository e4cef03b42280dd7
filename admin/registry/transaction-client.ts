// The connection beneath a transaction of Sequelize's. COPY has no form there; and what creates a tenant and
// what fills it must be one transaction, so that a fault leaves neither.

import type pg from "pg";
import type { Transaction } from "sequelize";

/**
 * The client that runs this transaction. Do nothing to it that outlives the transaction, and nothing while
 * a query of Sequelize's runs. Sequelize 6 keeps it in a field that its types do not name, and takes it
 * from there for each query with `transaction`.
 * @throws {Error} when the transaction has ended, or is not one of PostgreSQL's
 */
export function clientOf(transaction: Transaction): pg.Client {
  const client: unknown = Reflect.get(transaction, "connection");
  if (isClient(client)) return client;
  throw new Error("Cannot query within the transaction: it has no connection of pg's");
}

/** Judged by what it can do: pg is loaded when a connection is opened, and not by this file. */
function isClient(value: unknown): value is pg.Client {
  return typeof value === "object" && value !== null && "query" in value && "end" in value;
}
