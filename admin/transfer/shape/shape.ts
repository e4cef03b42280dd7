// A shape: a schema's permitted additions to its migrations, which are later partitions, the states of objects, and
// comments. An archive carries the shape, but not the structure: an archive may come from a stranger, and a function's
// body or an index's expression from it would run as the admin role. So the application's own migrations build a
// copy, and the shape is applied in statements that contain only the new schema's own names. A rehearsal reports other
// differences of the source before anything changes.

import type { ClientBase } from "pg";
import type { Table } from "../structure.ts";
import { applyComments, type Comment, readComments } from "./comments.ts";
import { emptyTables } from "./empty.ts";
import { type Partition, readPartitions, reconcilePartitions } from "./partitions.ts";
import { applySettings, readSettings, type Setting } from "./settings.ts";

/** A schema's additions to its migrations. */
export interface Shape {
  readonly partitions: readonly Partition[];
  readonly settings: readonly Setting[];
  readonly comments: readonly Comment[];
}

/** Reads the shape of a schema, in a transaction that prepareCopy has prepared. */
export async function readShape(client: ClientBase, schemaName: string): Promise<Shape> {
  return {
    partitions: await readPartitions(client, schemaName),
    settings: await readSettings(client, schemaName),
    comments: await readComments(client, schemaName),
  };
}

/**
 * Empties the tables of a schema that the transaction has made, and gives the schema a shape.
 * @param tables the source's tables that are not partitions
 */
export async function applyShape(
  client: ClientBase,
  schemaName: string,
  { partitions, settings, comments }: Shape,
  tables: readonly Pick<Table, "name">[],
): Promise<void> {
  await emptyTables(client, schemaName);
  const names = new Set(tables.map(({ name }) => name));
  await reconcilePartitions(client, schemaName, partitions, names);
  await applySettings(client, schemaName, settings);
  await applyComments(client, schemaName, comments);
}
