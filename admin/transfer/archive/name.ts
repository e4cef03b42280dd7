// The default file name of an archive.

/** Builds a name from the schema's name and the time in UTC, such as `acme-20260101T120000123Z.zip`. */
export function nameArchive(schemaName: string): string {
  return `${schemaName}-${new Date().toISOString().replaceAll(/[-:.]/g, "")}.zip`;
}
