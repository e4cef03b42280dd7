// Several databases as one: each message goes to the database of its tenant. Work without an entry goes home.

import type { Beginning, Database, Link, OpenDatabase } from "../database.ts";
import type { Answer, Message } from "../message.ts";
import type { ConnectionCounts } from "../pool/pool.ts";
import type { Row } from "../values/rows.ts";
import { Journey } from "./journey.ts";
import { HOME, isMoving } from "./names.ts";
import { StillMoving } from "./patience.ts";
import type { Country } from "./routes.ts";

/** The options of a {@link RoutedDatabase}. */
export interface RoutedOptions extends Omit<Country, "databases"> {
  readonly home: OpenDatabase;
  readonly others: ReadonlyMap<string, OpenDatabase>;
}

/** A database that finds the one of each tenant. */
export class RoutedDatabase implements OpenDatabase {
  readonly others: ReadonlyMap<string, OpenDatabase>;
  readonly #home: OpenDatabase;
  readonly #country: Country;

  constructor({ home, others, ...options }: RoutedOptions) {
    this.others = others;
    this.#home = home;
    const databases = new Map<string, Database>([[HOME, home], ...others]);
    this.#country = { ...options, databases };
  }

  send(message: Message): Promise<Answer> {
    const { entry, owner, signal } = message;
    if (entry === undefined) return this.#home.send(message);
    const journey = new Journey<Answer>(this.#country, {
      ...{ entry, owner, signal },
      isBegun: () => false,
      run: async (database, { name, ...stop }) => {
        const answer = await database.send({ ...message, ...stop });
        return { ...answer, database: name };
      },
    });
    return journey.run();
  }

  transaction<T>(
    work: (link: Link, entered: Row | undefined, database?: string) => Promise<T>,
    beginning: Beginning = {},
  ): Promise<T> {
    const { entry, owner, signal, mode } = beginning;
    if (entry === undefined) return this.#home.transaction(work, beginning);
    const mayWrite = mode?.accessMode !== "read only";
    let isBegun = false;
    const journey = new Journey<T>(this.#country, {
      ...{ entry, owner, signal },
      isBegun: () => isBegun,
      run: (database, { name, entry, until }, mayWait, answered) =>
        database.transaction(
          (link, entered) => {
            answered();
            if (mayWait && mayWrite && isMoving(entered)) throw new StillMoving();
            isBegun = true;
            return work(link, entered, name);
          },
          { ...beginning, entry, until },
        ),
    });
    return journey.run();
  }

  counts(): ConnectionCounts {
    return this.#home.counts();
  }

  async close(seconds: number): Promise<void> {
    const all = [this.#home, ...this.others.values()];
    await Promise.all(all.map((database) => database.close(seconds)));
  }
}
