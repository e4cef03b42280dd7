// Reads a folder of migrations.

import { AdminError } from "../../registry/admin-error.ts";
import type { MigrationFolder } from "./migration.ts";

/** What reading a folder depends on, beside its files. */
export interface FolderOptions {
  /** The shared schemas of the installation: names that a migration may use as a qualifier. */
  readonly sharedSchemas?: readonly string[];
}

/**
 * Reads the migrations of a folder, in the form of the tool that it was written for.
 * @throws {AdminError} with every problem of the folder: file, line, what to do
 */
export function readMigrationFolder(
  folder: string,
  options: FolderOptions = {},
): Promise<MigrationFolder> {
  return Promise.reject(new AdminError(`Cannot read "${folder}": ${JSON.stringify(options)}`));
}
