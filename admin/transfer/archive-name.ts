// What an archive is called where nobody says.

/** The schema's name and the time in UTC, as in `acme-20260101T120000123Z.zip`. */
export function nameArchive(schemaName: string): string {
  return `${schemaName}-${new Date().toISOString().replaceAll(/[-:.]/g, "")}.zip`;
}
