// COPY in the text format: the same text for the same values on every server and version.
// https://www.postgresql.org/docs/current/sql-copy.html

import type { Readable, Writable } from "node:stream";
import type { ClientBase } from "pg";
import copyStreams from "pg-copy-streams";
import { ADMIN_PATH } from "../registry/connection/marked-client.ts";
import { setTenantPath } from "../shared/search-path.ts";
import { qualified, quoted, type Table } from "./structure.ts";

// These settings fix the text form of values, and keep the role's timeouts from ending the work. With row_security off,
// PostgreSQL fails instead of silently leaving out rows.
const SETTINGS: Readonly<Record<string, string>> = {
  bytea_output: "hex",
  datestyle: "ISO, YMD",
  extra_float_digits: "3",
  intervalstyle: "postgres",
  lc_monetary: "C",
  timezone: "UTC",
  xmloption: "content",
  synchronize_seqscans: "off",
  statement_timeout: "0",
  idle_in_transaction_session_timeout: "0",
  row_security: "off",
  standard_conforming_strings: "on",
};

/**
 * Prepares the client's transaction for COPY with uniform text forms, and with the tenant's search_path, as the
 * service's messages have it. Do not ask the catalogs then, unless the transaction has made the schema: the owner of an
 * adopted one may have put functions there that have names of PostgreSQL's own.
 */
export async function prepareCopy(client: ClientBase, schemaName: string): Promise<void> {
  await prepareReading(client);
  await setTenantPath(client, schemaName);
}

/** Prepares the client's transaction for the catalogs of any schema, with the text forms of {@link prepareCopy}. */
export async function prepareReading(client: ClientBase): Promise<void> {
  for (const [name, value] of Object.entries(SETTINGS)) {
    await client.query(`set local ${name} to '${value}'`);
  }
  await client.query(`set local search_path = ${ADMIN_PATH}`);
}

/** Restores the transaction's settings. */
export async function endCopy(client: ClientBase): Promise<void> {
  for (const name of Object.keys(SETTINGS)) await client.query(`set local ${name} to default`);
  await client.query(`set local search_path = ${ADMIN_PATH}`);
}

/** Reads the rows of a table as COPY text. Read the stream to its end before the client's next query. */
export function copyOut(client: ClientBase, schemaName: string, table: Table): Readable {
  const only = table.partitioned ? "" : "only ";
  const rows = `select ${columnList(table)} from ${only}${qualified(schemaName, table.name)}`;
  return client.query(copyStreams.to(`copy (${rows}) to stdout`));
}

/** Writes COPY text into a table, in the order of its columns in `table`. */
export function copyIn(
  client: ClientBase,
  schemaName: string,
  table: Table,
): Writable & { readonly rowCount: number } {
  // A table without columns has rows, too.
  const columns = table.columns.length > 0 ? `(${columnList(table)})` : "";
  const text = `copy ${qualified(schemaName, table.name)} ${columns} from stdin`;
  return client.query(copyStreams.from(text));
}

function columnList({ columns }: Table): string {
  return columns.map(quoted).join(", ");
}
