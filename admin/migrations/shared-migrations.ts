// The migrations of the shared schemas: a folder of their own, and their records in `rowhouse.shared_migration`. A folder
// that contradicts the records is refused before anything happens.

import { commandFor } from "../program/form.ts";
import { AdminError } from "../registry/admin-error.ts";
import { readRows, type Registry } from "../registry/registry.ts";
import type { Notice, PlacedMigration } from "./folder/migration.ts";
import { readMigrationFolder } from "./folder/read-folder.ts";
import type { Allowance } from "./ordered.ts";
import { isSame, type RecordedMigration } from "./recorded.ts";

/** The shared migrations of an installation. */
export interface SharedMigrations {
  /** The tool that wrote the folder, for people. */
  readonly tool: string;
  readonly notices: readonly Notice[];
  /** Those that are not applied yet, in order. */
  readonly pending: readonly PendingMigration[];
  /** Those whose files were edited after they were applied, and accepted. */
  readonly edited: readonly PlacedMigration[];
  /** The schemas that they see, in the order of the search_path. */
  readonly sharedSchemas: readonly string[];
}

/** A migration that is not applied yet. */
export interface PendingMigration extends PlacedMigration {
  /** How many commands an earlier run has done outside of a transaction; undefined when it has not begun. */
  readonly done: number | undefined;
}

interface SharedRecord extends RecordedMigration {
  /** Null when it is applied. */
  readonly done: number | null;
}

/**
 * Reads the shared migrations that the registry was opened for.
 * @returns undefined when the installation does not have any
 * @throws {AdminError} when the folder contradicts the records, or no schema is shared
 */
export async function readSharedMigrations(
  registry: Registry,
  allowance: Allowance = {},
): Promise<SharedMigrations | undefined> {
  const recorded = await readRows<SharedRecord>(
    registry,
    "select position, name, checksum, commands_done as done from rowhouse.shared_migration order by position",
  );
  const place = registry.sharedMigrations;
  if (place === undefined) {
    if (recorded.length === 0) return undefined;
    throw new AdminError(
      "Cannot load shared migrations: SHARED_MIGRATIONS is not set, and this database has " +
        `"${recorded.at(-1)?.name}"; set it to the folder of that`,
      { code: "migrations_invalid" },
    );
  }
  const [row] = await readRows<{ shared: readonly string[] }>(
    registry,
    "select shared_schemas as shared from rowhouse.installation",
  );
  const sharedSchemas = row?.shared ?? [];
  if (sharedSchemas.length === 0) {
    throw new AdminError(
      `Cannot load shared migrations: no schema is shared; run ${commandFor("init-db")} --shared-schema NAME first`,
      { code: "migrations_invalid" },
    );
  }
  const folder = await readMigrationFolder(place, { sharedSchemas, isShared: true });
  if (folder.migrations.some(({ up }) => up.kind === "module")) registry.loadModels();
  const files = new Map(folder.migrations.map((one, index) => [one.name, { ...one, index }]));
  const edited: PlacedMigration[] = [];
  let last = -1;
  for (const record of recorded) {
    const file = files.get(record.name);
    if (file === undefined) {
      throw new AdminError(
        `Cannot load shared migrations: the folder ${JSON.stringify(place)} does not have "${record.name}", which this ` +
          "database has; set SHARED_MIGRATIONS to the folder that was applied",
        { code: "migrations_invalid" },
      );
    }
    last = Math.max(last, file.index);
    if (isSame(file, record)) continue;
    if (allowance.edited !== true) {
      throw new AdminError(
        `Cannot load shared migrations: ${file.file} was edited after it was applied; restore it and write another ` +
          `migration, or accept it as it is with ${commandFor("migrate")} --accept-edited`,
        { code: "migrations_invalid" },
      );
    }
    edited.push({ ...file, position: record.position });
  }
  const applied = new Map(recorded.map((record) => [record.name, record]));
  const pending: PendingMigration[] = [];
  let position = recorded.at(-1)?.position ?? 0;
  for (const [index, migration] of folder.migrations.entries()) {
    const record = applied.get(migration.name);
    if (record?.done === null) continue;
    if (record === undefined && index < last && allowance.late !== true) {
      throw new AdminError(
        `Cannot load shared migrations: ${migration.file} comes before "${folder.migrations[last]?.name}", which is ` +
          `applied; rename it so that it comes last, or let it come next with ${commandFor("migrate")} --allow-late`,
        { code: "migrations_invalid" },
      );
    }
    if (record === undefined) position += 1;
    pending.push({
      ...migration,
      position: record?.position ?? position,
      done: record?.done ?? undefined,
    });
  }
  return { tool: folder.tool, notices: folder.notices, pending, edited, sharedSchemas };
}
