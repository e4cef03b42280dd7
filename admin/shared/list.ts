// The list of shared schemas, and which names it may have.

import { quoteName } from "../../src/sql/quote-name.ts";
import { TemplateError } from "../../src/sql/template-error.ts";
import { AdminError } from "../registry/admin-error.ts";
import type { Installation } from "../registry/registry.ts";

const RESERVED = new Set(["rowhouse", "information_schema", "$user", ""]);

/** The wanted changes of the list. */
export interface SharedChange {
  /** Names that follow the others, in their order. */
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
}

/**
 * Decides the new list. A name that is in the list keeps its place.
 * @throws {AdminError} for a name that cannot be shared, is not in the list, or is given in another order
 */
export function decideSharedSchemas(
  before: readonly string[],
  { add = [], remove = [] }: SharedChange,
): readonly string[] {
  const list = before.length === 0 ? "it is empty" : `it is ${before.map(quoted).join(", ")}`;
  for (const name of remove) {
    if (before.includes(name) && !add.includes(name)) continue;
    const problem = add.includes(name) ? "both options name it" : `the list lacks it, ${list}`;
    throw new AdminError(`Cannot stop sharing schema ${quoted(name)}: ${problem}`);
  }
  const kept = before.filter((name) => !remove.includes(name));
  const wanted = [...new Set(add)];
  for (const name of wanted) checkName(name);
  const places = wanted.map((name) => kept.indexOf(name)).filter((place) => place >= 0);
  const isLast = (place: number): boolean =>
    wanted.slice(place).every((name) => !kept.includes(name));
  const inOrder = places.every((place, index) => index === 0 || place > (places[index - 1] ?? -1));
  if (!inOrder || !isLast(places.length)) {
    throw new AdminError(
      `Cannot share schemas in this order: ${list}, and new ones follow; to change the order, remove them with ` +
        "--no-shared-schema first",
    );
  }
  return [...new Set([...kept, ...wanted])];
}

function checkName(name: string): void {
  if (name.startsWith("pg_") || RESERVED.has(name)) {
    throw new AdminError(
      `Cannot share schema ${quoted(name)}: it is reserved; name one for extensions and reference tables`,
    );
  }
  try {
    quoteName(name);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new AdminError(`Cannot share schema ${quoted(name)}: ${error.message}`);
  }
}

/**
 * Refuses the name of a shared schema, also of one that is missing: a tenant's schema would then be on every path.
 * @param action completes "Cannot …", such as "add tenant"
 * @throws {AdminError} that names the schema
 */
export function requireUnshared(
  action: string,
  schemaName: string,
  { sharedSchemas }: Pick<Installation, "sharedSchemas">,
): void {
  if (!sharedSchemas.includes(schemaName)) return;
  throw new AdminError(
    `Cannot ${action}: schema "${schemaName}" is shared by all tenants; choose another name`,
    { code: "name_taken" },
  );
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
