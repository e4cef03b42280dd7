// Statements that wait to be sent, and the tag that makes them. Only the tag that made a statement can send it.

import type { Statement } from "./database/message.ts";
import type { Reading, Results, Row, Rows } from "./database/values/rows.ts";
import { compile, compileText } from "./sql/statement.ts";

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

/** A template tag that makes statements, and sends several of them together. */
export interface Tag {
  /**
   * Writes one statement. It is sent when it is awaited or put into a batch. The `count` of its rows is the number of
   * rows that INSERT, UPDATE, DELETE or MERGE touched, with RETURNING or without.
   * @throws {TemplateError} at once, for fixed text or names that are not accepted
   * @throws {AppError} VALUE_INVALID at once, for a value that cannot be written as a literal
   * @example
   * ```ts
   * import type { TenantExchange } from "rowhouse";
   *
   * export async function findNote({ tenant, params }: TenantExchange): Promise<string | undefined> {
   *   const [note] = await tenant<{ text: string }>`select text from note where id = ${params["id"]}`;
   *   return note?.text;
   * }
   * ```
   */
  <R extends Row = Row>(strings: TemplateStringsArray, ...values: readonly unknown[]): Query<R>;
  /**
   * Writes one statement from SQL that a query builder has made. It is checked as a template is, and sent as one.
   * @param text one statement with the parameters $1, $2, …
   * @param parameters their values, as literals without a type; a plain object is written as JSON
   * @param reading how its rows are read; as the tag's by default
   * @throws as the tag, and {TemplateError} for more or fewer values than the text has parameters
   * @example
   * ```ts
   * import type { Row, Tenant } from "rowhouse";
   *
   * export async function search(tenant: Tenant, words: readonly string[]): Promise<readonly Row[]> {
   *   const conditions = words.map((_, at) => `text ilike $${at + 1}`);
   *   const patterns = words.map((word) => `%${word}%`);
   *   return tenant.query(`select id, text from note where ${conditions.join(" and ")}`, patterns);
   * }
   * ```
   */
  query<R = Row>(text: string, parameters?: readonly unknown[], reading?: Reading): Query<R>;
  /**
   * Sends several statements as one message, all or nothing.
   * @returns the rows of each statement, in the order of the statements
   * @throws {TypeError} for a statement that another tag made or that was sent already
   * @example
   * ```ts
   * import type { Tenant } from "rowhouse";
   *
   * export async function moveNote(tenant: Tenant, id: number): Promise<boolean> {
   *   const [deleted] = await tenant.batch([
   *     tenant`delete from draft where id = ${id}`,
   *     tenant`insert into note (id) values (${id})`,
   *   ]);
   *   return deleted.count > 0;
   * }
   * ```
   */
  batch<const Q extends readonly Query<unknown>[]>(
    queries: Q,
  ): Promise<{ [I in keyof Q]: Awaited<Q[I]> }>;
}

/** Creates a tag whose statements `send` sends. */
export function createTag(send: Send): Tag {
  const tag = (strings: TemplateStringsArray, ...values: readonly unknown[]): Query =>
    new Query(send, compile(strings, values));
  const query = (text: string, parameters: readonly unknown[] = [], reading?: Reading): Query =>
    new Query(send, { ...compileText(text, parameters), reading });
  const batch = async (queries: readonly Query[]): Promise<Results> =>
    queries.length === 0 ? [] : Query.sendTogether(queries, send);
  return Object.assign(tag, { query, batch }) as Tag;
}

/**
 * Each accepted statement has exactly one result; another count means that the lexer misread a statement.
 * @throws {Error} for another count
 */
export function expectResults(results: Results, count: number): Results {
  if (results.length !== count) {
    throw new Error(`Cannot read results: ${count} statements returned ${results.length} results`);
  }
  return results;
}
