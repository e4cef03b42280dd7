// A statement that waits to be sent, alone or with others of its tag.

import type { Statement } from "./database/message.ts";
import type { Results, Rows, Row } from "./database/values/rows.ts";

/** Sends statements as one message; a tag has its own, by which its queries are known. */
export type Send = (statements: readonly Statement[]) => Promise<Results>;

/** A statement that is sent once, when it is first awaited. Awaiting it again gives the same rows. */
export class Query<R = Row> implements PromiseLike<Rows<R>> {
  readonly #send: Send;
  readonly #statement: Statement;
  #rows: Promise<Rows<R>> | undefined;

  constructor(send: Send, statement: Statement) {
    this.#send = send;
    this.#statement = statement;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a lazy query is sent by being awaited
  then<A = Rows<R>, B = never>(
    done?: ((rows: Rows<R>) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#rows ??= this.#send([this.#statement]).then(([rows]) => rows as unknown as Rows<R>);
    return this.#rows.then(done, failed);
  }

  /** Sends unsent queries of one tag as one message; awaiting each of them then gives its rows. */
  static async sendTogether(queries: readonly Query<unknown>[], send: Send): Promise<Results> {
    for (const query of queries) {
      if (!(query instanceof Query) || query.#send !== send) {
        throw new TypeError("Cannot batch: a statement was not made by this tenant's own tag");
      }
      if (query.#rows !== undefined) {
        throw new TypeError("Cannot batch: a statement was sent already");
      }
    }
    if (new Set(queries).size < queries.length) {
      throw new TypeError("Cannot batch: a statement is in the batch twice");
    }
    const sent = send(queries.map((query) => query.#statement));
    queries.forEach((query, index) => {
      query.#rows = sent.then((results) => results[index] as unknown as Rows<unknown>);
      query.#rows.catch(() => {});
    });
    return sent;
  }
}
