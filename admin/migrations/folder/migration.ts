// What a folder of migrations holds, whatever tool it was written for.

import type { TenantStep } from "../tenant-migrations.ts";

/** One SQL command of a file, with what its runner must know. */
export interface SqlCommand {
  /** The command as written, without its semicolon; between two pieces stands the tenant's schema, quoted. */
  readonly pieces: readonly string[];
  /** The line of its first word, from 1. */
  readonly line: number;
  /** Its first words, for errors: `alter table users`. */
  readonly title: string;
  /** The extension that it creates: skipped where a shared schema has it, refused otherwise. */
  readonly extension?: string;
  /** It adds a value to an enum: the transaction ends after its migration, and no other migration may share it. */
  readonly addsEnumValue?: true;
}

/** One direction of a migration. */
export type MigrationBody =
  | { readonly kind: "sql"; readonly commands: readonly SqlCommand[] }
  | { readonly kind: "module"; run(step: TenantStep): Promise<void> };

/** One migration of a folder. */
export interface Migration {
  /** Its identity, as its tool names it: `0001_init`, `20240102030405_add_users`. */
  readonly name: string;
  /** Its file, relative to the folder. */
  readonly file: string;
  /** The file of the way down, where it is another one; the lines of its commands are this file's. */
  readonly downFile?: string;
  /** SHA-256 of the SQL text with line ends as "\n", in hex; undefined for a module. */
  readonly checksum: string | undefined;
  /** False: each command runs by itself, outside a transaction. */
  readonly isTransactional: boolean;
  /** It leaves settings or temporary tables behind in its session. */
  readonly leavesSessionState: boolean;
  readonly up: MigrationBody;
  /** Undefined when it cannot be taken back. */
  readonly down: MigrationBody | undefined;
}

/** A migration with its place in the order. */
export interface PlacedMigration extends Migration {
  /** From 1. */
  readonly position: number;
}

/** What a plan says of a folder: what was rewritten, left out or is doubtful. */
export interface Notice {
  /** Relative to the folder. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly kind: string;
  readonly text: string;
}

/** A folder of migrations, in the order in which its tool runs them. */
export interface MigrationFolder {
  /** The tool that the folder was written for, as a plan names it: `Prisma`. */
  readonly tool: string;
  readonly migrations: readonly Migration[];
  readonly notices: readonly Notice[];
}
