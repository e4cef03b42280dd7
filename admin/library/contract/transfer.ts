// The arguments and results of the functions that copy, move, rename and drop tenants.

import type { Meter } from "../../command/meter.ts";
import type { Settings } from "./tenant.ts";

/** The hosts of a copy, and how it is made. */
export interface CopyOptions {
  /** The schema of the new tenant. */
  readonly schemaName: string;
  /** At least one. */
  readonly hosts: readonly string[];
  /** Leave out manual changes that cannot be copied, instead of refusing. */
  readonly lossy?: boolean | undefined;
  /** Counts the bytes of the rows. */
  readonly meter?: Meter | undefined;
}

/** A clone to make. */
export interface CloneOptions extends CopyOptions {
  /** Copy no rows. */
  readonly structureOnly?: boolean | undefined;
}

/** A tenant to make of an archive. */
export interface ImportOptions extends CopyOptions {
  /** Migrate it to the newest version before it is served. */
  readonly migrate?: boolean | undefined;
  /** Give it the archive's settings, such as its plan: for an archive that you trust. */
  readonly withSettings?: boolean | undefined;
  /** Milliseconds; when left out, the archive's if that is at most a minute. */
  readonly statementTimeoutMs?: number | undefined;
  /** The database in which it is created: a name of `databases`; home when left out. */
  readonly database?: string | undefined;
  /** The largest size of the rows as text; when left out, 100 times the file's size and at least 64 MB. */
  readonly maxBytes?: number | undefined;
}

/** What a copy has. */
export interface Copied {
  readonly tables: number;
  readonly rows: number;
  /** The size of the rows as COPY text. */
  readonly bytes: number;
}

/** A clone. */
export interface ClonedTenant extends Copied {
  readonly from: string;
  readonly schemaName: string;
  readonly hosts: readonly string[];
  readonly version: number;
  /** The objects that the clone lacks; empty without `lossy`. */
  readonly losses: readonly string[];
}

/** A tenant that was made of an archive. */
export interface ImportedTenant extends Copied {
  readonly schemaName: string;
  readonly hosts: readonly string[];
  /** Its settings: the archive's, or none. */
  readonly settings: Settings;
  /** The archive's settings that it did not get; empty with `withSettings`. */
  readonly settingsLeftOut: Settings;
  /** The exported schema, and the time of the export. */
  readonly from: string;
  readonly exportedAt: string;
  readonly version: number;
  /** The objects that it lacks; empty without `lossy`. */
  readonly losses: readonly string[];
}

/** How an export is made. */
export interface ExportOptions {
  /** Ends the export and removes the partial file. */
  readonly signal?: AbortSignal | undefined;
  /** Counts the bytes of the rows. */
  readonly meter?: Meter | undefined;
}

/** An archive that was written. */
export interface ExportedTenant extends Copied {
  readonly schemaName: string;
  readonly file: string;
  readonly version: number;
  /** The size of the file. */
  readonly archiveBytes: number;
  /** The objects that the archive lacks; an import refuses it without `lossy` then. */
  readonly losses: readonly string[];
}

/** How a tenant is moved. */
export interface MoveOptions {
  /** The name of a configured database, or the URL of another one, with its admin role. */
  readonly to: string;
  /** Longest wait for transactions that began before; 300,000 when left out. */
  readonly waitMs?: number | undefined;
  /** Leave out manual changes that cannot be copied, instead of refusing. */
  readonly lossy?: boolean | undefined;
  /** Counts the bytes of the rows. */
  readonly meter?: Meter | undefined;
  /** Called after each committed step: its name, and a line for a person. */
  readonly onStep?: ((step: string, line: string) => void) | undefined;
}

/** A tenant that was moved. Where it was, a suspended copy remains until `dropRemnants`. */
export interface MovedTenant {
  readonly schemaName: string;
  /** The name of the database where it is now; undefined for one that only its URL names. */
  readonly database?: string;
  /** The other database, as host, port and name. */
  readonly place: string;
  /** What this call copied; undefined when an earlier one had copied it. */
  readonly copied: Copied | undefined;
  /** The objects that the tenant has lost; empty without `lossy`. */
  readonly losses: readonly string[];
}

/** A role that was not changed, because another database of the server uses it. */
export interface KeptRole {
  readonly roleName: string;
  readonly database: string;
}

/** A tenant that was renamed. */
export interface RenamedTenant {
  readonly schemaName: string;
  /** Its name until now. */
  readonly before: string;
  /** The role that kept its name; undefined when the role was renamed, too. */
  readonly keptRole: KeptRole | undefined;
  /** How many transactions that began before the change still ran after 30 s. */
  readonly stillRunning: number;
}

/** How a tenant is dropped. */
export interface DropOptions {
  /** A new file for the export; false: the tenant's data is lost for good. */
  readonly backup: string | false;
  /** False: the backup is not imported on trial. */
  readonly prove?: boolean | undefined;
  /** Accept a backup without the manual changes that cannot be copied. */
  readonly lossy?: boolean | undefined;
  /** Interrupts it; the tenant then stays suspended until it is dropped by another call. */
  readonly signal?: AbortSignal | undefined;
  /** Counts the dropped objects. */
  readonly meter?: Meter | undefined;
}

/** The old copies that were dropped. */
export interface DroppedRemnants {
  readonly schemaName: string;
  /** The databases that had one. */
  readonly databases: readonly string[];
  /** The databases that could not be asked. */
  readonly unreachable: readonly string[];
}

/** A tenant that was dropped. */
export interface DroppedTenant {
  readonly schemaName: string;
  /** The full path of the backup, also when an earlier call wrote it; undefined without a backup. */
  readonly backup: string | undefined;
  /** Why the backup was not imported on trial; undefined when it was. */
  readonly unproven: string | undefined;
  /** Changes that an import of the backup does not restore; empty without `lossy`. */
  readonly losses: readonly string[];
  readonly keptRole: KeptRole | undefined;
  /** The databases that could not be asked: one of them may keep a pointer to the tenant, which leads nowhere. */
  readonly unreachable: readonly string[];
}
