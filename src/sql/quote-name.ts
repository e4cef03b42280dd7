// Writes any name as a quoted identifier. It does not check which names a statement may use: the tenant's
// `identifier` adds that check. The verbs quote the names of databases and roles without it.

import { TemplateError } from "./template-error.ts";

const MAX_NAME_BYTES = 63;
const utf8 = new TextEncoder();

/**
 * Quotes the name of a table, column, role or database. A dot is part of the name.
 * @param name 1 to 63 bytes of UTF-8: PostgreSQL truncates a longer name, which may then name another object
 * @returns the name in double quotes
 * @throws {TemplateError} for an empty or longer name, NUL or a lone surrogate
 * Source: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
 */
export function quoteName(name: string): string {
  const bytes = utf8.encode(name).length;
  if (bytes < 1 || bytes > MAX_NAME_BYTES || name.includes("\0") || !name.isWellFormed()) {
    throw new TemplateError(
      `Cannot write name ${JSON.stringify(name)}: it has ${bytes} bytes, must have 1 to ` +
        `${MAX_NAME_BYTES} of well-formed text without NUL`,
    );
  }
  return `"${name.replaceAll('"', '""')}"`;
}
