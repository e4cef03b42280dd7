// Which table here is which table of the source.

import { AdminError } from "../registry/admin-error.ts";
import type { Source, SourceTable } from "./load.ts";
import type { Table } from "./structure.ts";

/**
 * Each of the source's tables with the schema's own of that name, in the order of the source's columns. Those that
 * have computed columns are last: a function finds the others' rows.
 * @throws {AdminError} when one side has a table or a column that the other has not
 */
export function matchTables<T extends SourceTable>(
  { action, tables, lossy }: Pick<Source<T>, "action" | "tables" | "lossy">,
  to: readonly Table[],
): readonly (readonly [T, Table])[] {
  const known = new Set(namesOf(to));
  const from = lossy ? tables.filter(({ name }) => known.has(name)) : tables;
  compareNames(action, "table", namesOf(from), namesOf(to));
  const pairs = from.map((table): readonly [T, Table] => {
    const found = to.find(({ name }) => name === table.name);
    if (found === undefined) throw new Error(`Cannot ${action}: no table "${table.name}"`);
    const place = `column of table "${table.name}"`;
    compareNames(action, place, table.columns, found.columns);
    return [table, { ...found, columns: table.columns }];
  });
  return pairs.toSorted(([, a], [, b]) => a.computed.length - b.computed.length);
}

/** The names of tables or sequences. */
export function namesOf(items: readonly { readonly name: string }[]): readonly string[] {
  return items.map(({ name }) => name);
}

/**
 * Both must be the same names, each of them once.
 * @throws {AdminError} that names the first which is not
 */
export function compareNames(
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
