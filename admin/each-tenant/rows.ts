// Formats the rows of tenants as a growing table or as JSON.

import { columnWidths, formatTable } from "../print/table.ts";
import { visible } from "../print/visible.ts";
import type { CommandResult } from "./command.ts";

/** A table that formats results as they arrive; it repeats the heading when the columns change. */
export interface GrowingTable {
  /** Returns the lines of one tenant's result; empty for a result without rows. */
  add(schemaName: string, result: CommandResult): readonly string[];
}

/**
 * Starts a table.
 * @param schemaWidth length of the longest schema name
 */
export function startTable(schemaWidth: number): GrowingTable {
  let [heading, widths]: [string | undefined, readonly number[]] = [undefined, []];
  return {
    add(schemaName, { command, columns, rows, rowCount }) {
      const hasRows = columns.length > 0;
      const names = hasRows ? columns.map(({ name }) => visible(name)) : ["RESULT"];
      const lines = hasRows
        ? rows.map((row) => [schemaName, ...row.map((value) => visible(value ?? ""))])
        : [[schemaName, `${command} ${rowCount}`]];
      if (lines.length === 0) return [];
      const titles = ["SCHEMA", ...names];
      const isNew = heading !== titles.join("\n");
      if (isNew) widths = columnWidths(titles, lines, [schemaWidth]);
      heading = titles.join("\n");
      return formatTable(titles, lines, widths).slice(isNew ? 0 : 1);
    },
  };
}

/** Converts rows to objects: numbers, booleans and json to JSON values, other types to PostgreSQL's text. */
export function toObjects({ columns, rows }: CommandResult): readonly Record<string, unknown>[] {
  const names: string[] = [];
  for (const { name } of columns) names.push(freeName(name, names));
  return rows.map((row) =>
    Object.fromEntries(
      row.map((value, index) => [
        names[index] ?? "",
        value === null ? null : toJson(value, columns[index]?.dataTypeID),
      ]),
    ),
  );
}

/** Adds a number to a repeated column name, so that the object keeps every column. */
function freeName(name: string, taken: readonly string[]): string {
  let free = name;
  for (let number = 2; taken.includes(free); number += 1) free = `${name}_${number}`;
  return free;
}

// The ids of PostgreSQL's own types never change: bool, int2, int4, oid, float4, float8, json, jsonb.
const NUMBERS = new Set([21, 23, 26, 700, 701]);
const JSONS = new Set([114, 3802]);

function toJson(value: string, type: number | undefined): unknown {
  if (type === undefined) return value;
  if (type === 16) return value === "t";
  if (NUMBERS.has(type) && Number.isFinite(Number(value))) return Number(value);
  return JSONS.has(type) ? (JSON.parse(value) as unknown) : value;
}
