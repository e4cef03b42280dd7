// The rows of the tenants for a person, as a table that grows, and for a machine.

import { columnWidths, formatTable } from "../print/table.ts";
import type { CommandResult } from "./command.ts";

/** Writes lines of a table as results come; the heading again whenever the columns are others. */
export interface GrowingTable {
  /** The lines of one tenant's result; empty when it has no rows. */
  add(schemaName: string, result: CommandResult): readonly string[];
}

/** @param schemaWidth that of the longest schema name to come */
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

/** Rows as JSON: numbers, booleans and json as such, everything else as PostgreSQL writes it. */
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

/** A second column of one name gets a number, so that none is lost. */
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

/** What would break the line, or command the terminal, is written as an escape. */
function visible(text: string): string {
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
