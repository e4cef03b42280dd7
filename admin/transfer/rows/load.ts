// Fills a tenant that the same transaction has created, from an archive or from another tenant: the only path of
// import, clone and move. It does not trust the source: it looks up tables and columns in the catalog, and counts
// rows. Constraints and other obstacles are afterwards as before, or the whole load fails.

import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ClientBase } from "pg";
import type { Meter } from "../../command/meter.ts";
import { AdminError } from "../../registry/admin-error.ts";
import { clientOf, type Transaction } from "../../registry/connection/transaction-client.ts";
import { withBareTables } from "../bare/bare-tables.ts";
import { copyIn, endCopy, prepareCopy } from "../copy.ts";
import { type Bounds, CopyDigest, type Measure } from "./digest.ts";
import { compareNames, matchTables, namesOf } from "./match.ts";
import { explainBroken, requireSame } from "./outcome.ts";
import { readRowSum } from "./row-sum.ts";
import { emptyTables } from "../shape/empty.ts";
import { describeLosses } from "../shape/losses.ts";
import { applyShape, readShape, type Shape } from "../shape/shape.ts";
import { qualified, readSequences, readTables, type Sequence, type Table } from "../structure.ts";

/** A table to fill. */
export interface SourceTable {
  readonly name: string;
  /** The columns in the order of the COPY text. */
  readonly columns: readonly string[];
}

/** The source of the rows. */
export interface Source<T extends SourceTable> {
  /** Completes "Cannot …", such as "import tenant". */
  readonly action: string;
  readonly tables: readonly T[];
  /** The source's additions to its migrations; undefined for archives of format 1. */
  readonly shape?: Shape | undefined;
  /** Leave out objects that the schema lacks, instead of refusing. */
  readonly lossy?: boolean | undefined;
  /** The rows as COPY text; {@link loadTenant} throws its failure. */
  open(table: T): Promise<Readable>;
  readonly meter?: Meter | undefined;
  /** The most bytes of the text, and of a row. */
  bounds?(table: T): Bounds;
  /** Checks the measures of a table, before the next one. */
  check?(table: T, measure: Measure): void | Promise<void>;
  /** The sum of a table's rows with its computed columns; called when all of them are computed here. */
  computed?(table: T, columns: Table): Promise<string | undefined>;
  /** Called when the rows have been read. */
  sequences(): Promise<readonly Sequence[]>;
}

/** The result of a load. */
export interface Loaded {
  readonly tables: number;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Empties the tenant's tables, gives them the source's shape, fills them, sets the sequences, and puts back the
 * constraints and other obstacles.
 * @param transaction the transaction that created the tenant; its settings are restored afterwards
 * @throws {AdminError} when the tables, columns or sequences differ from the schema's, `check` fails, or the rows
 *   break a rule
 */
export async function loadTenant<T extends SourceTable>(
  transaction: Transaction,
  schemaName: string,
  source: Source<T>,
): Promise<Loaded> {
  const client = clientOf(transaction);
  const { action } = source;
  await prepareCopy(client, schemaName);
  await prepareShape(client, schemaName, source);
  const pairs = matchTables(source, await readTables(client, schemaName));
  let [rows, bytes] = [0, 0];
  await requireSame(transaction, schemaName, action, () =>
    explainBroken(action, async (filling) => {
      await withBareTables(client, schemaName, async () => {
        for (const [from, to] of pairs) {
          const measure = await filling(() => loadTable(client, schemaName, source, from, to));
          rows += measure.rows;
          bytes += measure.bytes;
        }
      });
    }),
  );
  for (const [from, to] of pairs) await checkComputed(client, schemaName, source, from, to);
  await setSequences(client, schemaName, source);
  await endCopy(client);
  return { tables: pairs.length, rows, bytes };
}

async function prepareShape<T extends SourceTable>(
  client: ClientBase,
  schemaName: string,
  { action, shape, tables, lossy = false }: Source<T>,
): Promise<void> {
  if (shape === undefined) return emptyTables(client, schemaName);
  await applyShape(client, schemaName, shape, tables);
  if (lossy) return;
  const have = await readShape(client, schemaName);
  const [loss] = describeLosses({ shape, facts: [] }, { shape: have, facts: [] });
  if (loss === undefined) return;
  throw new AdminError(
    `Cannot ${action}: ${loss}; its tenant migrations do not make the schema that it comes from`,
  );
}

/** A function's result may depend on rows that were not loaded yet. */
async function checkComputed<T extends SourceTable>(
  client: ClientBase,
  schemaName: string,
  source: Source<T>,
  from: T,
  to: Table,
): Promise<void> {
  if (to.computed.length === 0) return;
  const there = await source.computed?.(from, to);
  if (there === undefined) return;
  const columns = [...to.columns, ...to.computed];
  if ((await readRowSum(client, schemaName, { ...to, columns })) === there) return;
  throw new AdminError(
    `Cannot ${source.action}: columns ${JSON.stringify(to.computed.join(", "))} of table ${JSON.stringify(to.name)} are ` +
      "generated by a function that now returns other values; make them plain columns by a migration",
  );
}

async function loadTable<T extends SourceTable>(
  client: ClientBase,
  schemaName: string,
  source: Source<T>,
  from: T,
  to: Table,
): Promise<Measure> {
  const text = await source.open(from);
  const digest = new CopyDigest(source.meter, source.bounds?.(from));
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

async function setSequences<T extends SourceTable>(
  client: ClientBase,
  schemaName: string,
  source: Source<T>,
): Promise<void> {
  const { action, lossy } = source;
  const own = await readSequences(client, schemaName);
  const known = new Set(namesOf(own));
  const all = await source.sequences();
  const sequences = lossy ? all.filter(({ name }) => known.has(name)) : all;
  compareNames(action, "sequence", namesOf(sequences), namesOf(own));
  for (const { name, value, called } of sequences) {
    const place = qualified(schemaName, name);
    await client.query("select pg_catalog.setval($1::regclass, $2, $3)", [place, value, called]);
  }
}
