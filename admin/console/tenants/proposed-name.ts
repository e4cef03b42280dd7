// The name of a schema that a host suggests: `acme` for `acme.example.com`.

import { AdminError } from "../../registry/admin-error.ts";
import { parseSchemaName } from "../../registry/tenants/schema-name.ts";

const LONGEST = 48;

/**
 * Proposes a name that a tenant may have.
 * @param host in the registry's form
 * @returns empty when the host does not give one
 */
export function proposeName(host: string): string {
  const label =
    host
      .replace(/^\*\./, "")
      .replace(/^www\./, "")
      .split(/[.:]/, 1)[0] ?? "";
  if (!/[a-z]/.test(label)) return "";
  const name = label
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replace(/^(?=\d)/, "_")
    .slice(0, LONGEST);
  try {
    return parseSchemaName(name);
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    return "";
  }
}
