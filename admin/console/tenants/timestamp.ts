// Times in the form that JSON uses.

/** Returns SQL that turns a timestamptz column into an ISO 8601 text in UTC, as `Date.toISOString` writes it. */
export function isoText(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
