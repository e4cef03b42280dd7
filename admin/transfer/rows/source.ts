// Where the rows of a tenant come from: an archive, or the snapshot of another schema.

import type { Readable } from "node:stream";
import type { Meter } from "../../command/meter.ts";
import type { Shape } from "../shape/shape.ts";
import type { Sequence, Table } from "../structure.ts";
import type { Bounds, Measure } from "./digest.ts";
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
