// Kysely on a tenant. A query is one message, a transaction is the tenant's own. Kysely compiles the SQL, and the
// tenant checks it: https://kysely.dev/docs/dialects

import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type KyselyConfig,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from "kysely";
import type { Tag } from "../../query.ts";
import type { Tenant, Transaction } from "../../tenant.ts";
import { begin, type Ground } from "../begin.ts";
import { OpenTransaction } from "./open-transaction.ts";
import type { SharedKysely } from "./shared.ts";

export type { SharedKysely, SharedQueries } from "./shared.ts";

/** Kysely's own options. */
export type KyselyOptions = Omit<KyselyConfig, "dialect">;

/**
 * Creates Kysely for one tenant, or for one transaction of it, whose own transactions are then savepoints. It holds
 * nothing open, so each request makes its own.
 * @example
 * ```ts
 * import type { TenantExchange } from "rowhouse";
 * import { kysely } from "rowhouse/kysely";
 *
 * interface Tables {
 *   readonly note: { readonly id: number; readonly text: string };
 * }
 *
 * export function listNotes({ tenant }: TenantExchange): Promise<readonly { text: string }[]> {
 *   return kysely<Tables>(tenant).selectFrom("note").select("text").orderBy("id").execute();
 * }
 * ```
 */
export function kysely<DB>(
  tenant: Tenant<unknown> | Transaction,
  options?: KyselyOptions,
): Kysely<DB>;
/**
 * Creates Kysely for the shared schemas, on the `shared` of a handler behind `withoutTenant`. It reads, each query in
 * one message; PostgreSQL refuses a write in a raw query with SQLSTATE 25006.
 * @example
 * ```ts
 * import type { SharedExchange } from "rowhouse";
 * import { kysely } from "rowhouse/kysely";
 *
 * interface Tables {
 *   readonly plan: { readonly name: string; readonly price: number };
 * }
 *
 * export function listPlans({ shared }: SharedExchange): Promise<readonly { name: string }[]> {
 *   return kysely<Tables>(shared).selectFrom("plan").select("name").orderBy("price").execute();
 * }
 * ```
 */
export function kysely<DB>(shared: Tag, options?: KyselyOptions): SharedKysely<DB>;
export function kysely<DB>(
  ground: Ground,
  options: KyselyOptions = {},
): Kysely<DB> | SharedKysely<DB> {
  const dialect: Dialect = {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new TenantDriver(ground),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
  return new Kysely<DB>({ ...options, dialect });
}

const WRITES = new Set(["INSERT", "UPDATE", "DELETE", "MERGE"]);

/** Kysely's view of a connection: what it was made on, or the transaction that Kysely has begun. */
class TenantConnection implements DatabaseConnection {
  readonly #ground: Ground;
  transaction: OpenTransaction | undefined;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const rows = await (this.transaction?.innermost ?? this.#ground).query<R>(sql, parameters);
    return {
      rows: rows as unknown as R[],
      ...(WRITES.has(rows.command) ? { numAffectedRows: BigInt(rows.count) } : {}),
    };
  }

  async begin({ isolationLevel, accessMode }: TransactionSettings): Promise<void> {
    if (isolationLevel === "snapshot") {
      throw new TypeError('Cannot begin: PostgreSQL does not have the isolation level "snapshot"');
    }
    this.transaction = await OpenTransaction.open((work) =>
      begin(this.#ground, work, { isolationLevel, accessMode }),
    );
  }

  // oxlint-disable-next-line require-yield -- it must be a generator, and never gives a row
  async *streamQuery(): AsyncGenerator<never> {
    throw new Error(
      "Cannot stream: a message has its whole result; ask for a page at a time, with a limit",
    );
  }
}

class TenantDriver implements Driver {
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<TenantConnection> {
    return new TenantConnection(this.#ground);
  }

  async beginTransaction(
    connection: TenantConnection,
    settings: TransactionSettings,
  ): Promise<void> {
    await connection.begin(settings);
  }

  async commitTransaction({ transaction }: TenantConnection): Promise<void> {
    await transaction?.commit();
  }

  async rollbackTransaction({ transaction }: TenantConnection): Promise<void> {
    await transaction?.rollback();
  }

  async savepoint({ transaction }: TenantConnection, name: string): Promise<void> {
    await transaction?.savepoint(name);
  }

  async rollbackToSavepoint({ transaction }: TenantConnection, name: string): Promise<void> {
    await transaction?.rollbackTo(name);
  }

  async releaseSavepoint({ transaction }: TenantConnection, name: string): Promise<void> {
    await transaction?.release(name);
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}
