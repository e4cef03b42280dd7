// What a route has of its tenant: the tag, the batch, the transaction. Every message that leaves here
// begins with the tenant's entry, and a statement is sent by the tenant that it was written for and
// by no other.

import type { Database, Link } from "./database/database.ts";
import type { Results, Row } from "./database/rows.ts";
import type { Share } from "./database/shares.ts";
import { candidates, type Host } from "./host.ts";
import { literal } from "./sql/literal.ts";
import { compile } from "./sql/statement.ts";

/** Rows by column name; an empty array when there are none. */
export type Rows<R extends Row = Row> = readonly R[];

/** What a template tag makes. */
export interface Tag {
  /**
   * Writes one statement; nothing is sent before it is awaited or put into a batch.
   * INSERT, UPDATE, DELETE and MERGE need RETURNING: what they did is read from rows.
   * @throws {TemplateError} at once, for fixed text or names that are not acceptable
   * @throws {AppError} VALUE_INVALID at once, for a value that has no literal
   */
  <R extends Row = Row>(strings: TemplateStringsArray, ...values: readonly unknown[]): Query<R>;
  /**
   * Sends several statements as one message: all or nothing, results in order.
   * @throws {TypeError} for a statement that another tag made or that was sent already
   */
  batch<const Q extends readonly Query[]>(queries: Q): Promise<{ [I in keyof Q]: Awaited<Q[I]> }>;
}

/**
 * One tenant, for one request. Awaiting `` tenant`…` `` costs one round trip. Errors of the database
 * keep postgres.js's form with the SQLSTATE as `code`: RH404 and RH403 when no tenant has the host or
 * it is suspended. Those of the connection: see {@link Database.send}.
 */
export interface Tenant extends Tag {
  /**
   * An interactive transaction, for logic that must read before it decides: BEGIN with the
   * entry, every statement and COMMIT are a round trip each, and it holds a connection all the while. What `work`
   * throws undoes everything; so does a failed statement, even when its error was caught, unless it
   * ran in a savepoint. Use `tx` inside: `tenant` there is another transaction, on another connection.
   */
  begin<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

/** The statements of an interactive transaction; dead when it has ended. */
export interface Transaction extends Tag {
  /** Runs `work`; when it throws, undoes what it did, keeps what was before, and throws the same. */
  savepoint<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

type Send = (statements: readonly string[]) => Promise<Results>;

/** A statement that is sent once, when it is first awaited; awaited again it gives the same rows. */
export class Query<R extends Row = Row> implements PromiseLike<Rows<R>> {
  readonly #send: Send;
  readonly #text: string;
  #rows: Promise<Rows<R>> | undefined;

  constructor(send: Send, text: string) {
    this.#send = send;
    this.#text = text;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a lazy query is sent by being awaited
  then<A = Rows<R>, B = never>(
    done?: ((rows: Rows<R>) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#rows ??= this.#send([this.#text]).then((results) => (results[0] ?? []) as Rows<R>);
    return this.#rows.then(done, failed);
  }

  /** Sends unsent queries of one tag as one message; each then has its rows. */
  static async sendTogether(queries: readonly Query[], send: Send): Promise<Results> {
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
    const sent = send(queries.map((query) => query.#text));
    queries.forEach((query, index) => {
      query.#rows = sent.then((results) => results[index] ?? []);
      query.#rows.catch(() => {});
    });
    return sent;
  }
}

/** What {@link createTenant} may be told. */
export interface TenantOptions {
  /** What its messages count as; by default the host, as a tenant of its own. */
  readonly owner?: Share;
  /** Aborted when nobody waits for the tenant's answers: a message that still waits is then given up. */
  readonly signal?: AbortSignal;
  /** Called with the tenant's schema after each message that entered it. */
  readonly entered?: (schemaName: string) => void;
}

/**
 * The tenant that `host` stands for. Nothing is looked up here: each message resolves the host itself,
 * in its own transaction.
 */
export function createTenant(
  database: Database,
  host: Host,
  { owner = { key: host.text }, signal, entered = () => {} }: TenantOptions = {},
): Tenant {
  // First, so that a role that somebody left on a pooled connection is gone before anything else; and
  // so that postgres.js 3.4.9, whose row counter a failed message leaves as it was, counts from 0.
  const entry = `reset role;select rowhouse.enter_tenant${literal(candidates(host), "host")}`;
  const beginning = { entry, owner, signal };
  const enter = (row: Row | undefined): void => entered(String(row?.["enter_tenant"]));
  const send: Send = async (statements) => {
    const answer = await database.send({ ...beginning, statements });
    enter(answer.entered);
    return expect(answer.results, statements.length);
  };
  return Object.assign(createTag(send), {
    begin: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
      database.transaction((link, row) => {
        enter(row);
        return work(createTransaction(link));
      }, beginning),
  });
}

function createTransaction(link: Link): Transaction {
  const send: Send = async (statements) => expect(await link.send(statements), statements.length);
  return Object.assign(createTag(send), {
    savepoint: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
      link.savepoint((inner) => work(createTransaction(inner))),
  });
}

function createTag(send: Send): Tag {
  const tag = (strings: TemplateStringsArray, ...values: readonly unknown[]): Query =>
    new Query(send, compile(strings, values));
  const batch = async (queries: readonly Query[]): Promise<Results> =>
    queries.length === 0 ? [] : Query.sendTogether(queries, send);
  return Object.assign(tag, { batch }) as Tag;
}

/** Each accepted statement has exactly one result; another count means that one was misread. */
function expect(results: Results, count: number): Results {
  if (results.length !== count) {
    throw new Error(`Cannot read results: ${count} statements gave ${results.length} results`);
  }
  return results;
}
