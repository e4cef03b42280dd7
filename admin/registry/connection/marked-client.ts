// The connections of the admin role. Their errors tell of which database they are, so that a text about one names the right
// variable. Their search_path finds PostgreSQL's own functions and operators alone: a role that may create in public would
// otherwise put its own in their place, with a closer type, and the admin role would run them.
// https://nvd.nist.gov/vuln/detail/CVE-2018-1058

import type pg from "pg";
import { HOME } from "../../../src/database/routes/names.ts";

/** The search_path of an admin connection, as SQL that follows `set search_path =`. */
export const ADMIN_PATH = "pg_catalog, pg_temp";

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

/**
 * Makes the class of a database's clients. A lost connection ends the client's query, but not the process.
 * @param settings further commands for a new connection, which come with the one that sets its search_path
 */
export function markedClient(
  { Client }: Pick<typeof pg, "Client">,
  database: string,
  settings: readonly string[] = [],
): typeof pg.Client {
  const first = [`set search_path = ${ADMIN_PATH}`, ...settings].join(";");
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
        return this.#connect().catch((error: unknown) => {
          mark(error);
          throw error;
        });
      }
      super.connect((...outcome: readonly unknown[]) => {
        const [error] = outcome;
        mark(error);
        if (error) Reflect.apply(connected, undefined, outcome);
        else
          this.query(first, (failure) =>
            Reflect.apply(connected, undefined, failure ? [failure] : outcome),
          );
      });
      return undefined;
    }

    async #connect(): Promise<pg.Client> {
      await super.connect();
      await this.query(first);
      return this;
    }
  };
}
