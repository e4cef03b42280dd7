// What a tenant's schema has beyond its migrations, and may have: partitions made since, the states of objects,
// comments. An archive carries it. Its structure proper it does not carry: an archive may come from a stranger, and
// a function's body or an index's expression from there would run as the admin role. So a copy is built by the
// application's own migrations, and gets a shape, whose every statement is made of the new schema's own names.
// Where that is not all that the source is, a rehearsal says so before anything is changed.

import type { ClientBase } from "pg";
import type { Table } from "../structure.ts";
import { applyComments, type Comment, readComments } from "./comments.ts";
import { emptyTables } from "./empty.ts";
import { type Partition, readPartitions, reconcilePartitions } from "./partitions.ts";
import { applySettings, readSettings, type Setting } from "./settings.ts";

/** See above. */
export interface Shape {
  readonly partitions: readonly Partition[];
  readonly settings: readonly Setting[];
  readonly comments: readonly Comment[];
}

/** Reads the shape of a schema, in a transaction that prepareCopy was called for. */
export async function readShape(client: ClientBase, schemaName: string): Promise<Shape> {
  return {
    partitions: await readPartitions(client, schemaName),
    settings: await readSettings(client, schemaName),
    comments: await readComments(client, schemaName),
  };
}

/**
 * Empties the tables of a schema that the transaction has made, and gives it a shape.
 * @param tables those of the source that are no partitions
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
