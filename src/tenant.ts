// A route's access to its tenant: the tag, the batch, the transaction. Every message that leaves here begins with
// the tenant's entry. One that PostgreSQL has undone because its tenant was renamed meanwhile is sent once more.

import type { Database, Link } from "./database/database.ts";
import type { Row } from "./database/values/rows.ts";
import type { Share } from "./database/pool/shares.ts";
import type { TransactionMode } from "./database/transaction-mode.ts";
import { Entered, entryOf, type Settings, SHARED_ENTRY } from "./entry.ts";
import type { TenantFacts, TenantName } from "./entry.ts";
import { createTag, expectResults, type Send, type Tag } from "./query.ts";
import { isRenamed, renamedMeanwhile } from "./renamed.ts";

/**
 * One tenant, for one request. Awaiting `` tenant`…` `` costs one round trip. An error of the database is
 * postgres.js's PostgresError with the SQLSTATE as `code`: RH404 when no tenant has the host, RH403 when the tenant
 * is suspended. {@link Database.send} lists the errors of the connection.
 */
export interface Tenant<S = Settings> extends Tag, TenantFacts<S> {
  /**
   * Runs an interactive transaction, for logic that must read before it decides. BEGIN with the entry, each
   * statement and COMMIT cost one round trip each, and the transaction holds a connection until it ends. An error
   * that `work` throws undoes everything. A failed statement does so too, even when `work` catches its error, unless
   * it ran in a savepoint. Use `tx` inside: `tenant` would send on another connection, outside the transaction.
   * @param mode the isolation level and the access mode; they cost no message
   * @throws {TypeError} for a mode that PostgreSQL does not have
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
  begin<T>(work: (tx: Transaction) => Promise<T>, mode?: TransactionMode): Promise<T>;
  /**
   * Enters the tenant and does nothing else, in one message. For a handler that must know the tenant, or that it
   * exists, before its first statement.
   * @example
   * ```ts
   * import { AppError, type TenantExchange } from "rowhouse";
   *
   * export async function exportNotes({ tenant }: TenantExchange<{ readonly plan?: string }>): Promise<unknown> {
   *   const { schemaName, settings } = await tenant.enter();
   *   if (settings.plan !== "pro") throw new AppError("VALUE_INVALID", "Cannot export: the plan is not pro");
   *   return { tenant: schemaName, notes: await tenant`select id, text from note` };
   * }
   * ```
   */
  enter(): Promise<TenantFacts<S>>;
}

/** The tag of an interactive transaction; after the transaction has ended, every use throws. */
export interface Transaction extends Tag {
  /** Runs `work` in a savepoint. When it throws, undoes the statements of `work` only, and rethrows the error. */
  savepoint<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

/** The options of {@link createTenant}. */
export interface TenantOptions<S = Settings> {
  /** The share that its messages count for; by default one of the host's own. */
  readonly owner?: Share;
  /**
   * Aborted when the caller stops waiting: a message that still waits for a connection is then not sent. It is read for
   * each message.
   */
  readonly signal?: AbortSignal | undefined;
  /** The schema that an earlier message entered by this name: a hint, by which a rename is noticed. */
  readonly known?: string | undefined;
  /** Called with the tenant's schema after each message that entered it. */
  readonly entered?: (schemaName: string) => void;
  /** Turns the settings of the registry into `tenant.settings`; by default they stay as they are. */
  readonly readSettings?: ((settings: Settings) => S) | undefined;
}

/**
 * Creates the tenant of a host or a schema, for use outside of a request. It does not look the tenant up: each message
 * does so itself, in its own transaction.
 * @param name a host, or the name of a schema
 * @throws {AppError} TENANT_NOT_FOUND for a schema name that no tenant can have
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
export function createTenant<S = Settings>(
  database: Database,
  name: TenantName,
  options: TenantOptions<S> = {},
): Tenant<S> {
  const { owner = { key: "schema" in name ? name.schema : name.text } } = options;
  const entry = entryOf(name);
  const facts = new Entered(options.readSettings);
  let { known } = options;
  const enter = (row: Row | undefined): void => {
    known = facts.note(row);
    options.entered?.(known);
  };
  const exchange: Send = async (statements) => {
    const answer = await database.send({ entry, owner, signal: options.signal, statements });
    enter(answer.entered);
    return expectResults(answer.results, statements.length);
  };
  const findSchema = async (): Promise<string> => {
    await exchange([]);
    return facts.schemaName;
  };
  const send: Send = async (statements) => {
    const before = known;
    try {
      return await exchange(statements);
    } catch (error) {
      if (!(await isRenamed(error, before, findSchema))) throw error;
      return exchange(statements);
    }
  };
  const tag = Object.assign(createTag(send), {
    [FACTS]: facts,
    async begin<T>(work: (tx: Transaction) => Promise<T>, mode?: TransactionMode): Promise<T> {
      let before: string | undefined;
      try {
        return await database.transaction(
          (link, row) => {
            enter(row);
            before = facts.schemaName;
            return work(createTransaction(link));
          },
          { entry, owner, signal: options.signal, mode },
        );
      } catch (error) {
        const hasEntered = before !== undefined;
        throw hasEntered && (await isRenamed(error, before, findSchema))
          ? renamedMeanwhile(error)
          : error;
      }
    },
    enter: async () => {
      await send([]);
      return facts;
    },
  });
  return Object.setPrototypeOf(tag, TENANT) as Tenant<S>;
}

const FACTS = Symbol("facts");

// A shared prototype, because two accessors for each request cost ten times as much.
const TENANT: object = Object.create(Function.prototype, {
  schemaName: {
    get(this: WithFacts): string {
      return this[FACTS].schemaName;
    },
  },
  settings: {
    get(this: WithFacts): unknown {
      return this[FACTS].settings;
    },
  },
});

interface WithFacts {
  readonly [FACTS]: TenantFacts<unknown>;
}

/**
 * Creates the tag of messages without a tenant: they see the shared schemas alone, and read only.
 * @param options as for {@link createTenant}
 */
export function createShared(
  database: Database,
  options: Pick<TenantOptions, "owner" | "signal">,
): Tag {
  return createTag(async (statements) => {
    const { owner, signal } = options;
    const message = { entry: SHARED_ENTRY, owner, signal, statements };
    return expectResults((await database.send(message)).results, statements.length);
  });
}

function createTransaction(link: Link): Transaction {
  const send: Send = async (statements) =>
    expectResults(await link.send(statements), statements.length);
  return Object.assign(createTag(send), {
    savepoint: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
      link.savepoint((inner) => work(createTransaction(inner))),
  });
}
