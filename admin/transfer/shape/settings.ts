// The states of a schema's objects: disabled triggers, constraints that are not valid, populated views, storage and
// statistics, row security. They are read from one schema, and applied to another that has the same objects. Names and
// definitions in a statement come from the catalog of the changed schema; the source gives only the path of the
// object, and a value that is one of a few letters or is quoted.

import type { ClientBase } from "pg";
import { AdminError } from "../../registry/admin-error.ts";
import { putBackInRounds, type Step } from "../bare/step.ts";
import { COMMANDS, type Place } from "./setting-commands.ts";
import { SETTINGS } from "./settings-query.ts";

/** A state of an object that differs from PostgreSQL's default. */
export interface Setting {
  /** The kind, such as "trigger". */
  readonly kind: string;
  /** The object's names within the schema, such as the table's and the trigger's. */
  readonly path: readonly string[];
  readonly value: string;
}

interface Row extends Place {
  readonly kind: string;
  readonly path: readonly string[];
  readonly value: string | null;
}

/** Reads the settings of a schema, in a transaction that prepareCopy has prepared. */
export async function readSettings(
  client: ClientBase,
  schemaName: string,
): Promise<readonly Setting[]> {
  const settings: Setting[] = [];
  for (const { kind, path, value } of await readRows(client, schemaName)) {
    if (value !== null) settings.push({ kind, path, value });
  }
  return settings;
}

/**
 * Gives the objects of a schema these settings, and all others PostgreSQL's defaults.
 * @throws {AdminError} when a value is invalid for its kind
 */
export async function applySettings(
  client: ClientBase,
  schemaName: string,
  wanted: readonly Setting[],
): Promise<void> {
  // Other settings refer to indexes by name.
  await apply(client, schemaName, wanted, (kind) => kind === "index name");
  await apply(client, schemaName, wanted, (kind) => kind !== "index name");
}

async function apply(
  client: ClientBase,
  schemaName: string,
  wanted: readonly Setting[],
  isMeant: (kind: string) => boolean,
): Promise<void> {
  const values = new Map(wanted.map((setting) => [keyOf(setting), setting.value]));
  const views: Step[] = [];
  for (const row of await readRows(client, schemaName)) {
    const value = values.get(keyOf(row)) ?? null;
    if (value === row.value || !isMeant(row.kind)) continue;
    // A change of a parent may have changed its children.
    if ((await readValue(client, schemaName, row)) === value) continue;
    const commands = COMMANDS.get(row.kind)?.(row, value, row.value);
    if (commands === undefined) throw impossible(row, value);
    // A view may need one that comes later in the list.
    if (row.kind === "unpopulated") views.push(...commands.map((on) => ({ off: "", on })));
    else for (const command of commands) await client.query(command);
  }
  const rest = await putBackInRounds(client, views);
  if (rest !== undefined) throw rest.error;
}

function impossible({ kind, path }: Row, value: string | null): AdminError {
  const place = JSON.stringify(path.join("."));
  return new AdminError(
    `Cannot copy tenant: ${kind} of ${place} cannot be ${JSON.stringify(value)}`,
  );
}

async function readRows(client: ClientBase, schemaName: string): Promise<readonly Row[]> {
  const { rows } = await client.query<Row>(SETTINGS, [schemaName]);
  return rows;
}

async function readValue(
  client: ClientBase,
  schemaName: string,
  row: Row,
): Promise<string | null | undefined> {
  if (row.kind !== "not valid") return undefined;
  const rows = await readRows(client, schemaName);
  return rows.find((now) => keyOf(now) === keyOf(row))?.value;
}

function keyOf({ kind, path }: Pick<Setting, "kind" | "path">): string {
  return JSON.stringify([kind, path]);
}
