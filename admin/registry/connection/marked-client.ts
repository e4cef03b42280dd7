// Connections whose errors tell of which database they are, so that a text about one names the right variable.

import type pg from "pg";
import { HOME } from "../../../src/database/routes/names.ts";

const DATABASES = new WeakMap<object, string>();

/** Returns the name of the database whose connection an error is of; home's for any other error. */
export function databaseOf(error: unknown): string {
  for (let one = error; typeof one === "object" && one !== null;) {
    const found = DATABASES.get(one);
    if (found !== undefined) return found;
    // Sequelize has the driver's error as the parent of its own.
    const { parent, cause }: { parent?: unknown; cause?: unknown } = one;
    one = parent ?? cause;
  }
  return HOME;
}

type Connected = Parameters<pg.Client["connect"]>[0];

/** Makes the class of a database's clients. A lost connection ends the client's query, but not the process. */
export function markedClient(
  { Client }: Pick<typeof pg, "Client">,
  database: string,
): typeof pg.Client {
  const mark = (error: unknown): void => {
    if (typeof error === "object" && error !== null) DATABASES.set(error, database);
  };
  return class extends Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config);
      this.on("error", mark);
    }

    override connect(): Promise<pg.Client>;
    override connect(connected: Connected): void;
    override connect(connected?: Connected): Promise<pg.Client> | undefined {
      if (connected === undefined) {
        return super.connect().catch((error: unknown) => {
          mark(error);
          throw error;
        });
      }
      super.connect((...outcome: readonly unknown[]) => {
        mark(outcome[0]);
        Reflect.apply(connected, undefined, outcome);
      });
      return undefined;
    }
  };
}
