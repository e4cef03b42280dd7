// A transaction of the registry. The types name Sequelize and not pg, which brings no types of its own to an application.

import type { Transaction as ModelTransaction } from "sequelize";

/** A transaction on a connection of pg alone. */
export interface PlainTransaction {
  /** The client of pg. */
  readonly connection: object;
}

/** A transaction of the registry; one of Sequelize where its models or a module need that. */
export type Transaction = PlainTransaction | ModelTransaction;
