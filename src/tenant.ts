// A route's access to its tenant: the tag, the batch, the transaction. Every message that leaves here begins with
// the tenant's entry, and only the tenant that made a statement can send it.

import type { Database, Link } from "./database/database.ts";
import type { Results, Row, Rows } from "./database/values/rows.ts";
import type { Share } from "./database/pool/shares.ts";
import { candidates, type Host } from "./host.ts";
import { literal } from "./sql/literal.ts";
import { type CheckedStatement, compile } from "./sql/statement.ts";

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
  batch<const Q extends readonly Query[]>(queries: Q): Promise<{ [I in keyof Q]: Awaited<Q[I]> }>;
}

/**
 * One tenant, for one request. Awaiting `` tenant`…` `` costs one round trip. An error of the database is
 * postgres.js's PostgresError with the SQLSTATE as `code`: RH404 when no tenant has the host, RH403 when the tenant
 * is suspended. {@link Database.send} lists the errors of the connection.
 */
export interface Tenant extends Tag {
  /**
   * Runs an interactive transaction, for logic that must read before it decides. BEGIN with the entry, each
   * statement and COMMIT cost one round trip each, and the transaction holds a connection until it ends. An error
   * that `work` throws undoes everything. A failed statement does so too, even when `work` catches its error, unless
   * it ran in a savepoint. Use `tx` inside: `tenant` would send on another connection, outside the transaction.
   * @example
   * ```ts
   * import { AppError, type Tenant } from "rowhouse";
   *
   * export function withdraw(tenant: Tenant, id: number, amount: number): Promise<void> {
   *   return tenant.begin(async (tx) => {
   *     const [account] = await tx<{ balance: number }>`select balance from account where id = ${id} for update`;
   *     const balance = account?.balance ?? 0;
   *     if (balance < amount) throw new AppError("VALUE_INVALID", `Cannot withdraw: the balance is "${balance}"`);
   *     await tx`update account set balance = ${balance - amount} where id = ${id}`;
   *   });
   * }
   * ```
   */
  begin<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

/** The tag of an interactive transaction; after the transaction has ended, every use throws. */
export interface Transaction extends Tag {
  /** Runs `work` in a savepoint. When it throws, undoes the statements of `work` only, and rethrows the error. */
  savepoint<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

type Send = (statements: readonly CheckedStatement[]) => Promise<Results>;

/** A statement that is sent once, when it is first awaited. Awaiting it again gives the same rows. */
export class Query<R extends Row = Row> implements PromiseLike<Rows<R>> {
  readonly #send: Send;
  readonly #statement: CheckedStatement;
  #rows: Promise<Rows<R>> | undefined;

  constructor(send: Send, statement: CheckedStatement) {
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
    const sent = send(queries.map((query) => query.#statement));
    queries.forEach((query, index) => {
      query.#rows = sent.then((results) => results[index] as Rows);
      query.#rows.catch(() => {});
    });
    return sent;
  }
}

/** The options of {@link createTenant}. */
export interface TenantOptions {
  /** The share that its messages count for; by default one of the host's own. */
  readonly owner?: Share;
  /** Aborted when the caller stops waiting: a message that still waits for a connection is then not sent. */
  readonly signal?: AbortSignal;
  /** Called with the tenant's schema after each message that entered it. */
  readonly entered?: (schemaName: string) => void;
}

/**
 * Creates the tenant of a host, for use outside of a request. It does not look the host up: each message resolves
 * the host itself, in its own transaction.
 * @example
 * ```ts
 * import { createTenant, openDatabase, parseHost } from "rowhouse";
 *
 * const database = openDatabase({ url: "postgres://service:secret@127.0.0.1:6432/app" });
 * const acme = createTenant(database, parseHost("acme.example.com"));
 * export const notes = await acme`select id, text from note`;
 * await database.close(1);
 * ```
 */
export function createTenant(
  database: Database,
  host: Host,
  { owner = { key: host.text }, signal, entered = () => {} }: TenantOptions = {},
): Tenant {
  // RESET ROLE comes first, so that a role that another client left on a pooled connection is gone before anything
  // else; and so that postgres.js 3.4.9, which keeps its row counter after a failed message, counts from 0.
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

/** Each accepted statement has exactly one result; another count means that the lexer misread a statement. */
function expect(results: Results, count: number): Results {
  if (results.length !== count) {
    throw new Error(`Cannot read results: ${count} statements returned ${results.length} results`);
  }
  return results;
}
