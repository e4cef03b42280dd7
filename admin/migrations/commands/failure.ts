// The error of a migration: it names the file, the line, the command and the tenant, and nothing else.

import { commandFor } from "../../program/form.ts";
import { AdminError } from "../../registry/admin-error.ts";
import { databaseMessage, sqlState } from "../../registry/database-code.ts";
import type { Migration } from "../folder/migration.ts";

/** Where a migration failed. */
export interface FailedCommand {
  /** The migration's name, and its file relative to the folder. */
  readonly migration: string;
  readonly file: string;
  /** The line of the command in the file; undefined for a module. */
  readonly line?: number | undefined;
  /** The command's first words; undefined when the module did not fail in a command. */
  readonly command?: string | undefined;
}

/** The error of a migration that failed. */
export class MigrationFailure extends AdminError {
  readonly where: FailedCommand;
  readonly #sqlstate: string | undefined;
  /** What PostgreSQL or the module says, on one line. */
  readonly reason: string;

  constructor(
    { name, file }: Pick<Migration, "name" | "file">,
    schemaName: string,
    error: unknown,
    place: Pick<FailedCommand, "line" | "command"> = {},
  ) {
    const sqlstate = sqlState(error);
    const reason = databaseMessage(error);
    const where = { migration: name, file, ...place };
    const state = sqlstate === undefined ? "" : ` (SQLSTATE ${sqlstate})`;
    const options = { code: "migration_failed", cause: error } as const;
    super(
      `Cannot migrate tenant "${schemaName}": ${describePlace(where)}: ${reason}${state}${adviceFor(sqlstate)}`,
      options,
    );
    this.where = where;
    this.#sqlstate = sqlstate;
    this.reason = reason;
  }

  override get sqlstate(): string | undefined {
    return this.#sqlstate;
  }

  override get details(): Readonly<Record<string, unknown>> {
    return { ...this.where, sqlstate: this.sqlstate };
  }
}

const MOST_DIFFERENCES = 5;

/** The error when a schema is not what its migrations make elsewhere. */
export class Nonconformity extends MigrationFailure {
  readonly differences: readonly string[];

  constructor(
    migration: Pick<Migration, "name" | "file">,
    schemaName: string,
    differences: readonly string[],
  ) {
    const shown = differences.slice(0, MOST_DIFFERENCES).join("; ");
    const more = differences.length - MOST_DIFFERENCES;
    const text = `it would not be what the migrations make: ${shown}${more > 0 ? `; and ${more} more` : ""}`;
    super(migration, schemaName, new Error(text));
    this.differences = differences;
  }

  override get details(): Readonly<Record<string, unknown>> {
    return { ...super.details, differences: this.differences };
  }
}

// undefined_table, undefined_object, undefined_function
const MISSING = new Set(["42P01", "42704", "42883"]);

/** What to do where a migration misses an object: a remedy after a semicolon, or nothing. */
export function adviceFor(sqlstate: string | undefined): string {
  if (!MISSING.has(sqlstate ?? "")) return "";
  return `; if all tenants share it, share its schema with ${commandFor("init-db")} --shared-schema NAME`;
}

/** Names the place of a failure: `0002_users.sql, line 14, "alter table users"`. */
export function describePlace({
  file,
  line,
  command,
}: Pick<FailedCommand, "file" | "line" | "command">): string {
  return [
    file,
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(command === undefined ? [] : [JSON.stringify(command)]),
  ].join(", ");
}
