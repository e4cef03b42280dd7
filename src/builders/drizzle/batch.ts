// Sends the queries of a Drizzle batch as one message. Drizzle reaches the database in the same turn in which a query
// is executed, so the queries can be collected before anything is sent. If one is missing then, nothing is sent.

import type { Query } from "../../query.ts";

/** Something of Drizzle that runs a query. */
interface Executable {
  execute(): Promise<unknown>;
}

/** The queries that wait for one message. */
export class Batch {
  readonly #queries: Query[] = [];
  readonly #gate: Promise<void>;
  #open: () => void = () => {};
  #refuse: (reason: Error) => void = () => {};
  #results: readonly Promise<unknown>[] = [];

  constructor() {
    this.#gate = new Promise((resolve, reject) => {
      this.#open = resolve;
      this.#refuse = reject;
    });
    this.#gate.catch(() => {});
  }

  /** Executes queries of Drizzle, which come here by {@link Batch.add}. */
  start(queries: readonly unknown[]): void {
    if (!queries.every(isExecutable)) {
      throw new TypeError("Cannot batch: an item is not a query of Drizzle");
    }
    this.#results = queries.map((query) => query.execute());
  }

  /** Adds a query; resolves when it may be awaited, because the message is on its way. */
  add(query: Query): Promise<void> {
    this.#queries.push(query);
    return this.#gate;
  }

  /** Sends the message, or nothing when a query could not be written; then its error is thrown. */
  async send(sendTogether: (queries: readonly Query[]) => Promise<unknown>): Promise<unknown[]> {
    const results = this.#results;
    if (this.#queries.length === results.length) {
      sendTogether(this.#queries).catch(() => {});
      this.#open();
      return Promise.all(results);
    }
    const refused = new Error("Cannot batch: another query of the batch was refused");
    this.#refuse(refused);
    const settled = await Promise.allSettled(results);
    const reasons = settled.flatMap((one) =>
      one.status === "rejected" ? [one.reason as unknown] : [],
    );
    throw reasons.find((reason) => !isCausedBy(reason, refused)) ?? refused;
  }
}

function isExecutable(query: unknown): query is Executable {
  return typeof query === "object" && query !== null && "execute" in query;
}

function isCausedBy(reason: unknown, cause: unknown): boolean {
  return reason === cause || Reflect.get(Object(reason), "cause") === cause;
}
