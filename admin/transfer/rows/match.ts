// Matches the tables of a schema with those of the source.

import { commandFor } from "../../program/form.ts";
import { AdminError } from "../../registry/admin-error.ts";
import type { Source, SourceTable } from "./source.ts";
import type { Table } from "../structure.ts";

/**
 * Pairs each of the source's tables with the schema's own of that name, in the order of the source's columns. Tables
 * with computed columns come last, so that their functions find the others' rows.
 * @throws {AdminError} when one side has a table or a column that the other lacks
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
    if (found === undefined) throw new Error(`Cannot ${action}: table "${table.name}" is missing`);
    const place = `column of table "${table.name}"`;
    compareNames(action, place, table.columns, found.columns);
    return [table, { ...found, columns: table.columns }];
  });
  return pairs.toSorted(([, a], [, b]) => a.computed.length - b.computed.length);
}

/** Returns the names of tables or sequences. */
export function namesOf(items: readonly { readonly name: string }[]): readonly string[] {
  return items.map(({ name }) => name);
}

/**
 * Requires both lists to have the same names, each of them once.
 * @throws {AdminError} that names the first name which differs
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
  const problem = unknown === undefined ? "is missing" : "is unexpected";
  throw new AdminError(
    `Cannot ${action}: ${what} ${JSON.stringify(name)} ${problem} according to the tenant migrations of its ` +
      `version; change the tenant's schema only by migrations, see ${commandFor("status")}`,
  );
}
