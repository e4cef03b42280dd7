// The connection beneath a transaction of Sequelize's. COPY has no form there; and what creates a tenant and
// what fills it must be one transaction, so that a fault leaves neither.

import pg from "pg";
import type { Transaction } from "sequelize";

/**
 * The client that runs this transaction. Do nothing to it that outlives the transaction, and nothing while
 * a query of Sequelize's runs. Sequelize 6 keeps it in a field that its types do not name, and takes it
 * from there for each query with `transaction`.
 */
export function clientOf(transaction: Transaction): pg.Client {
  const client: unknown = Reflect.get(transaction, "connection");
  if (client instanceof pg.Client) return client;
  throw new Error("Cannot copy: the transaction has no connection of pg's");
}
