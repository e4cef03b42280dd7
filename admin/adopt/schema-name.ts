// The name of a schema that another framework made: what PostgreSQL allows is more than a tenant may have.

import { AdminError } from "../registry/admin-error.ts";
import { parseSchemaName } from "../registry/tenants/schema-name.ts";

const LONGEST = 48;

/**
 * Checks the name of a schema to adopt.
 * @throws {AdminError} with the command that gives it a name which a tenant may have
 */
export function parseAdoptedName(text: string): string {
  try {
    return parseSchemaName(text);
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    const name = propose(text);
    const remedy =
      name === undefined
        ? "leave it out"
        : `run ${renameCommand(text, name)}, tell the old application, and name the new one here`;
    throw new AdminError(error.message.replace(/; [^;]*$/, `; ${remedy}`), {
      cause: error,
    });
  }
}

function renameCommand(from: string, to: string): string {
  return `alter schema "${from.replaceAll('"', '""')}" rename to ${to}`;
}

/** A similar name that a tenant may have; undefined when the schema is a reserved one. */
function propose(text: string): string | undefined {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, "_")
    .replace(/^(?=\d)/, "_")
    .slice(0, LONGEST);
  return text === "" || plain === text ? undefined : plain;
}
