// Pointers: the tenants that live in another database, with their hosts. Where a pointer stands beside a tenant's row,
// the row is what a move left behind, or what is arriving, and the pointer counts. Home's pointers decide where a tenant
// is and which names and hosts are taken. Those of other databases only send a request on, and give way.

import { query, readRows, type Registry } from "./registry.ts";
import type { Transaction } from "./connection/transaction-client.ts";

/** Which pointers give way to a new tenant: that of its own name, or also those of its hosts. */
export type Displaced = "own" | "all";

/** Returns the database that a pointer names; undefined without one. */
export async function findPointer(
  registry: Pick<Registry, "read">,
  schemaName: string,
): Promise<string | undefined> {
  const text = "select database from rowhouse.pointer where schema_name = $1";
  const [row] = await readRows<{ database: string }>(registry, text, [schemaName]);
  return row?.database;
}

/** As {@link findPointer}, for several names: the databases by schema. */
export async function findPointers(
  registry: Pick<Registry, "read">,
  schemaNames: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await readRows<{ schemaName: string; database: string }>(
    registry,
    `select schema_name as "schemaName", database from rowhouse.pointer where schema_name = any($1::text[])`,
    [schemaNames],
  );
  return new Map(rows.map(({ schemaName, database }) => [schemaName, database]));
}

/** As {@link findPointer}, within a transaction; the tenant's lock keeps the answer true. */
export async function readPointer(
  transaction: Transaction,
  schemaName: string,
): Promise<string | undefined> {
  const text = "select database from rowhouse.pointer where schema_name = $1";
  const [row] = await query<{ database: string }>(transaction, text, [schemaName]);
  return row?.database;
}

/** Sets a pointer. The hosts that point there for the tenant follow it. */
export async function setPointer(
  transaction: Transaction,
  schemaName: string,
  database: string,
): Promise<void> {
  await query(
    transaction,
    `insert into rowhouse.pointer (schema_name, database) values ($1, $2)
     on conflict (schema_name) do update set database = excluded.database`,
    [schemaName, database],
  );
}

/** Lets the hosts of a tenant point to the database of its pointer. They are not served here after this. */
export async function turnHosts(transaction: Transaction, schemaName: string): Promise<void> {
  await query(
    transaction,
    `update rowhouse.domain as d set database = p.database, role_name = null, status = null,
         statement_timeout_ms = null, has_settings = false
       from rowhouse.pointer as p
      where d.schema_name = $1 and p.schema_name = $1 and d.database is null`,
    [schemaName],
  );
}

/**
 * Adds hosts that point to the database of a tenant's pointer.
 * @returns those that are the tenant's now; the others belong to another tenant
 */
export async function pointHosts(
  transaction: Transaction,
  schemaName: string,
  hosts: readonly string[],
): Promise<readonly string[]> {
  await query(
    transaction,
    `insert into rowhouse.domain (host, schema_name, database)
     select host, schema_name, database from unnest($2::text[]) as host, rowhouse.pointer where schema_name = $1
     on conflict do nothing`,
    [schemaName, hosts],
  );
  const rows = await query<{ host: string }>(
    transaction,
    `select host from rowhouse.domain
      where schema_name = $1 and host = any($2::text[]) and database is not null`,
    [schemaName, hosts],
  );
  return rows.map(({ host }) => host);
}

/** Takes pointers away, with the hosts that point by them. */
export async function removePointers(
  transaction: Transaction,
  schemaName: string,
  displaced: Displaced,
  hosts: readonly string[],
): Promise<void> {
  await query(transaction, "delete from rowhouse.pointer where schema_name = $1", [schemaName]);
  if (displaced === "own") return;
  await query(
    transaction,
    "delete from rowhouse.domain where host = any($1::text[]) and database is not null",
    [hosts],
  );
}
