// Exports a tenant, as it is at one moment, into a file.

import { readFile } from "node:fs/promises";
import { loadTenantMigrations } from "../migrations/ordered.ts";
import { AdminError } from "../registry/admin-error.ts";
import { databaseCode } from "../registry/database-code.ts";
import type { Registry, Transition } from "../registry/registry.ts";
import { copyOut } from "./copy.ts";
import { type ArchivedTable, FORMAT_VERSION, type Manifest } from "./archive/manifest.ts";
import type { Meter } from "../command/meter.ts";
import { readRowSum } from "./rows/row-sum.ts";
import { type Snapshot, withSnapshot } from "./rows/snapshot.ts";
import { readSequenceValues } from "./structure.ts";

// undefined_table, invalid_schema_name
const GONE = new Set(["42P01", "3F000"]);

/** The options of an export. */
export interface ExportOptions {
  /** The transitions in which the tenant may be; when left out, it must not be in one. */
  readonly allowed?: readonly Transition[];
  /** Ends the export and removes the partial file. */
  readonly signal?: AbortSignal;
  readonly meter?: Meter;
}

/** The result of an export. */
export interface ExportReport {
  readonly schemaName: string;
  readonly file: string;
  readonly version: number;
  readonly tables: number;
  readonly rows: number;
  /** The size of the rows as COPY text. */
  readonly bytes: number;
  /** The size of the file. */
  readonly archiveBytes: number;
  /** The tenant's objects that the archive lacks; an import refuses an archive that has losses. */
  readonly losses: readonly string[];
}

/**
 * Writes a tenant into a new file, as it is at one moment, while the service serves it. The file appears when it is
 * complete, and only its owner may read it. Works on a suspended tenant. Memory does not depend on its size.
 * @param schemaName a schema name that parseSchemaName has checked
 * @throws {AdminError} when the tenant does not exist, it is in a transition that is not allowed, or the file
 *   exists or cannot be written
 */
export async function exportTenant(
  registry: Registry,
  schemaName: string,
  file: string,
  { allowed = [], signal, meter }: ExportOptions = {},
): Promise<ExportReport> {
  const migrations = await loadTenantMigrations(registry);
  const software = await readSoftwareVersion();
  const wanted = { action: "export tenant", allowed };
  return withSnapshot(registry, schemaName, wanted, async (snapshot) => {
    const { client, version, statementTimeoutMs, settings, hosts, tables, shape } = snapshot;
    // Large, so they are loaded after the first queries.
    const { writeArchive } = await import("./archive/writer.ts");
    const { findLosses } = await import("./shape/rehearsal.ts");
    // The tables are locked, so a migration cannot intervene.
    const losses = await findLosses(registry, schemaName);
    const archived: ArchivedTable[] = [];
    meter?.expect(snapshot.bytes);
    const archiveBytes = await writeArchive(
      file,
      { signal, meter },
      async (archive): Promise<Manifest> => {
        for (const [index, table] of tables.entries()) {
          const entry = entryName(index, table.name);
          const measure = await explainGone(schemaName, () =>
            archive.write(entry, copyOut(client, schemaName, table)),
          );
          const { name, columns, computed } = table;
          const all = { ...table, columns: [...columns, ...computed] };
          const rowSum = computed.length > 0 ? await readRowSum(client, schemaName, all) : "";
          archived.push({ name, entry, columns, rowSum, ...measure });
        }
        return {
          formatVersion: FORMAT_VERSION,
          rowhouse: software,
          schemaName,
          version,
          migrations: migrations.ordered.slice(0, version).map(({ name }) => name),
          statementTimeoutMs,
          settings,
          hosts,
          createdAt: new Date().toISOString(),
          serverVersion: await readServerVersion(snapshot),
          tables: archived,
          shape,
          losses,
          sequences: await readSequenceValues(client, schemaName, snapshot.sequences),
        };
      },
    );
    const rows = archived.reduce((sum, table) => sum + table.rows, 0);
    const bytes = archived.reduce((sum, table) => sum + table.bytes, 0);
    return { schemaName, file, version, tables: tables.length, rows, bytes, archiveBytes, losses };
  });
}

/** Explains a missing schema: each statement names it, and rename-tenant does not wait for an export. */
async function explainGone<T>(schemaName: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!GONE.has(databaseCode(error) ?? "")) throw error;
    throw new AdminError(
      `Cannot export tenant: "${schemaName}" was renamed meanwhile; run it again with the new name`,
    );
  }
}

/** Builds an entry's name for people; the import reads the table's name from the manifest. */
function entryName(index: number, table: string): string {
  const number = String(index + 1).padStart(4, "0");
  return `tables/${number}-${table.replaceAll(/[^a-zA-Z0-9_]/g, "_")}.copy`;
}

async function readServerVersion({ client }: Snapshot): Promise<string> {
  const { rows } = await client.query<{ version: string }>(
    "select pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1) as version",
  );
  return rows[0]?.version ?? "";
}

async function readSoftwareVersion(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
