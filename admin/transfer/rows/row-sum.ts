// Shows whether two tables have the same rows in any order: each database sums its own.

import type { ClientBase } from "pg";
import { qualified, quoted, type Table } from "../structure.ts";

/**
 * Reads the number of rows, and a sum of a hash of each row's text. Equal on two databases for the same rows, in
 * transactions that prepareCopy has prepared: every function is PostgreSQL's own, whatever the schema has.
 */
export async function readRowSum(
  client: ClientBase,
  schemaName: string,
  { name, columns, partitioned }: Pick<Table, "name" | "columns" | "partitioned">,
): Promise<string> {
  const from = `${partitioned ? "" : "only "}${qualified(schemaName, name)}`;
  const { rows } = await client.query<{ print: string }>(
    `select pg_catalog.concat(pg_catalog.count(*), ' rows, ', coalesce(pg_catalog.sum(('x' operator(pg_catalog.||)
         pg_catalog.substr(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(r::text, 'UTF8')), 'hex'), 1, 16)
       )::bit(64)::bigint::numeric), 0)) as print
     from (select ${columns.map(quoted).join(", ")} from ${from}) as r`,
  );
  return rows[0]?.print ?? "";
}
