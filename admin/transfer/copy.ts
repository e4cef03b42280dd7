// COPY, in the text format: the same text for the same values on every server and version.
// https://www.postgresql.org/docs/current/sql-copy.html

import type { Readable, Writable } from "node:stream";
import type { ClientBase } from "pg";
import copyStreams from "pg-copy-streams";
import { qualified, quoted, type Table } from "./structure.ts";

// How values are written and read, and that no setting of the role's cuts the work short. Without row_security, what
// fails is better than rows that are left out silently.
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
 * Makes the transaction that the client is in write and read values as COPY does everywhere, with the
 * schema's own search_path, as a message of the service has it.
 */
export async function prepareCopy(client: ClientBase, schemaName: string): Promise<void> {
  for (const [name, value] of Object.entries(SETTINGS)) {
    await client.query(`set local ${name} to '${value}'`);
  }
  await client.query(`set local search_path to ${quoted(schemaName)}, pg_temp`);
}

/** Gives the transaction's settings back what they were. */
export async function endCopy(client: ClientBase): Promise<void> {
  for (const name of [...Object.keys(SETTINGS), "search_path"]) {
    await client.query(`set local ${name} to default`);
  }
}

/** The rows of a table as COPY text. Read it to its end before the client's next query. */
export function copyOut(client: ClientBase, schemaName: string, table: Table): Readable {
  const only = table.partitioned ? "" : "only ";
  const rows = `select ${columnList(table)} from ${only}${qualified(schemaName, table.name)}`;
  return client.query(copyStreams.to(`copy (${rows}) to stdout`));
}

/** Takes COPY text into a table, in the order of the table's columns here. */
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
