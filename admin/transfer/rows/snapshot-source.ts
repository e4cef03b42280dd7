// A snapshot as the source of a load.

import { copyOut } from "../copy.ts";
import type { Source } from "./source.ts";
import { readRowSum } from "./row-sum.ts";
import type { Snapshot } from "./snapshot.ts";
import { readSequenceValues, type Table } from "../structure.ts";

/** Makes a source from a snapshot; the connection carries one table at a time. */
export function sourceOf(snapshot: Snapshot): Omit<Source<Table>, "action"> {
  const { client, schemaName, tables, sequences, shape } = snapshot;
  return {
    tables,
    shape,
    open: (table) => Promise.resolve(copyOut(client, schemaName, table)),
    computed: (table, own) =>
      readRowSum(client, schemaName, { ...table, columns: [...own.columns, ...own.computed] }),
    sequences: () => readSequenceValues(client, schemaName, sequences),
  };
}
