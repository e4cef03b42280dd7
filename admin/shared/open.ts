// Opens the shared schemas to all tenants: what is missing is created, and privileges are as they must be.

import { quoteName } from "../../src/sql/quote-name.ts";
import { AdminError } from "../registry/admin-error.ts";
import { query } from "../registry/registry.ts";
import { findSharedExcess, findSharedLacks } from "./privileges.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** What {@link openSharedSchemas} did. */
export interface Opened {
  /** Schemas that it created. */
  readonly created: readonly string[];
  /** Tables and views that tenants could not read before. */
  readonly tables: readonly string[];
  /** Privileges that it took away, in phrases such as `PUBLIC has CREATE on schema ext`. */
  readonly revoked: readonly string[];
  /** Tables and views that tenants cannot read, because another role must grant that. */
  readonly unreadable: readonly string[];
}

/**
 * Creates the schemas that are missing, and gives PUBLIC the privileges of {@link findSharedLacks} there and no more.
 * @throws {AdminError} when a schema is a tenant's, is not usable by PUBLIC, or tenants could write or create in it
 */
export async function openSharedSchemas(
  transaction: Transaction,
  names: readonly string[],
): Promise<Opened> {
  const created: string[] = [];
  for (const { name, isTenant, exists } of await readStates(transaction, names)) {
    if (isTenant) {
      throw new AdminError(
        `Cannot share schema ${JSON.stringify(name)}: it belongs to a tenant; name another, or rename that tenant`,
      );
    }
    if (exists) continue;
    await query(transaction, `create schema ${quoteName(name)}`);
    created.push(name);
  }
  const revoked: string[] = [];
  for (const { problem, command, mine } of await findSharedExcess(transaction, names)) {
    if (!mine) continue;
    await query(transaction, command);
    revoked.push(problem);
  }
  // A privilege that another role has granted stays.
  const [excess] = await findSharedExcess(transaction, names);
  if (excess !== undefined) {
    const remedy =
      excess.command === "" ? "give it another owner" : `let its owner run: ${excess.command}`;
    throw new AdminError(
      `Cannot share schemas: ${excess.problem}, and a tenant must not change what others see; ${remedy}`,
    );
  }
  const lacks = await findSharedLacks(transaction, names);
  for (const { command, mine } of lacks) if (mine) await query(transaction, command);
  const closed = lacks.find(({ kind, mine }) => kind === "schema" && !mine);
  if (closed !== undefined) {
    throw new AdminError(
      `Cannot share schema ${closed.name}: PUBLIC may not use it; let its owner run: ${closed.command}`,
    );
  }
  const tables = lacks.filter(({ kind }) => kind === "table");
  return {
    created,
    tables: tables.filter(({ mine }) => mine).map(({ name }) => name),
    revoked,
    unreadable: tables.filter(({ mine }) => !mine).map(({ name }) => name),
  };
}

interface SchemaState {
  readonly name: string;
  readonly isTenant: boolean;
  readonly exists: boolean;
}

function readStates(
  transaction: Transaction,
  names: readonly string[],
): Promise<readonly SchemaState[]> {
  return query<SchemaState>(
    transaction,
    `select name, exists (select from rowhouse.tenant as t where t.schema_name = name) as "isTenant",
       exists (select from pg_catalog.pg_namespace where nspname = name) as exists
       from unnest($1::text[]) with ordinality as s (name, place) order by place`,
    [names],
  );
}
