// Fills a tenant that the same transaction has created, from an archive or from another tenant. Nothing that
// comes from there is believed: tables and columns are looked up in the catalog, rows are counted.

import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ClientBase } from "pg";
import { AdminError } from "../registry/admin-error.ts";
import { refreshViews, withBareTables } from "./constraints.ts";
import { copyIn, endCopy, prepareCopy } from "./copy.ts";
import { CopyDigest, type Measure } from "./digest.ts";
import type { Meter } from "../command/meter.ts";
import { qualified, readSequences, readTables, type Sequence, type Table } from "./structure.ts";

/** A table to be filled. */
export interface SourceTable {
  readonly name: string;
  /** In the order of the COPY text. */
  readonly columns: readonly string[];
}

/** Where the rows come from. */
export interface Source<T extends SourceTable> {
  /** Completes "Cannot …", such as "import tenant". */
  readonly action: string;
  readonly tables: readonly T[];
  /** The rows as COPY text; a failure of it is what {@link loadTenant} throws. */
  open(table: T): Promise<Readable>;
  readonly meter?: Meter | undefined;
  /** The most bytes that the text may have. */
  maxBytes?(table: T): number;
  /** Checks what has come, before the next table. */
  check?(table: T, measure: Measure): void | Promise<void>;
  /** Called when the rows have been read. */
  sequences(): Promise<readonly Sequence[]>;
}

/** What was loaded. */
export interface Loaded {
  readonly tables: number;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Empties the tenant's tables, fills them, sets its sequences, and puts foreign keys and triggers back.
 * @param client of the transaction that created the tenant; its settings are as before afterwards
 * @throws {AdminError} when the tables, columns or sequences are not those of the schema, or `check` fails
 */
export async function loadTenant<T extends SourceTable>(
  client: ClientBase,
  schemaName: string,
  source: Source<T>,
): Promise<Loaded> {
  await prepareCopy(client, schemaName);
  const tables = await readTables(client, schemaName);
  const pairs = matchTables(source.action, source.tables, tables);
  let [rows, bytes] = [0, 0];
  await withBareTables(client, schemaName, tables, async () => {
    for (const [from, to] of pairs) {
      const measure = await loadTable(client, schemaName, source, from, to);
      rows += measure.rows;
      bytes += measure.bytes;
    }
  });
  await setSequences(client, schemaName, source.action, await source.sequences());
  await refreshViews(client, schemaName);
  await endCopy(client);
  return { tables: pairs.length, rows, bytes };
}

async function loadTable<T extends SourceTable>(
  client: ClientBase,
  schemaName: string,
  source: Source<T>,
  from: T,
  to: Table,
): Promise<Measure> {
  const text = await source.open(from);
  const digest = new CopyDigest(source.meter, source.maxBytes?.(from));
  const copy = copyIn(client, schemaName, to);
  await pipeline(text, digest, copy);
  const measure = digest.measure();
  if (copy.rowCount !== measure.rows) {
    throw new AdminError(
      `Cannot ${source.action}: of ${measure.rows} rows of table "${to.name}", ${copy.rowCount} were ` +
        "stored; export it again",
    );
  }
  await source.check?.(from, measure);
  return measure;
}

/** Each of the source's tables with the schema's own of that name, in the order of the source's columns. */
function matchTables<T extends SourceTable>(
  action: string,
  from: readonly T[],
  to: readonly Table[],
): readonly (readonly [T, Table])[] {
  compareNames(action, "table", from.map(nameOf), to.map(nameOf));
  return from.map((table) => {
    const found = to.find(({ name }) => name === table.name);
    if (found === undefined) throw new Error(`Cannot ${action}: no table "${table.name}"`);
    const place = `column of table "${table.name}"`;
    compareNames(action, place, table.columns, found.columns);
    return [table, { ...found, columns: table.columns }];
  });
}

async function setSequences(
  client: ClientBase,
  schemaName: string,
  action: string,
  sequences: readonly Sequence[],
): Promise<void> {
  const own = await readSequences(client, schemaName);
  compareNames(action, "sequence", sequences.map(nameOf), own.map(nameOf));
  for (const { name, value, called } of sequences) {
    const place = qualified(schemaName, name);
    await client.query("select pg_catalog.setval($1::regclass, $2, $3)", [place, value, called]);
  }
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

/** Both must be the same names, each of them once. */
function compareNames(
  action: string,
  what: string,
  from: readonly string[],
  to: readonly string[],
): void {
  const unknown = from.find((name, index) => !to.includes(name) || from.indexOf(name) !== index);
  const name = unknown ?? to.find((own) => !from.includes(own));
  if (name === undefined) return;
  const problem = unknown === undefined ? "is missing" : "is one too many";
  throw new AdminError(
    `Cannot ${action}: ${what} ${JSON.stringify(name)} ${problem}, by the tenant migrations of its ` +
      "version; change the tenant's schema only by migrations, see node admin/status.js",
  );
}
