// A tenant that is renamed between the entry of a message and a statement behind it: the statement does not find the
// schema that the message entered. PostgreSQL has undone the whole message then.

import { AppError, sqlState } from "./errors.ts";

// invalid_schema_name, undefined_table, undefined_function, undefined_object
const NOT_FOUND = new Set(["3F000", "42P01", "42883", "42704"]);

/**
 * Whether the tenant's role was renamed or dropped between enter_tenant's look-up and its SET ROLE. PostgreSQL
 * reports that as invalid_parameter_value. Only the entry can set a parameter, so the state is not ambiguous.
 */
export function isLostRole(error: unknown): boolean {
  return (
    sqlState(error) === "22023" &&
    Reflect.get(Object(error), "routine") === "call_string_check_hook"
  );
}

/**
 * Tells whether the tenant has another schema now than the one that a failed message entered.
 * @param before the schema that it entered; where that is not known, an error that can come of a rename counts as one
 * @param enter enters the tenant, and returns its schema now; called only where the error can come of a rename
 */
export async function isRenamed(
  error: unknown,
  before: string | undefined,
  enter: () => Promise<string>,
): Promise<boolean> {
  const mayBe = NOT_FOUND.has(sqlState(error) ?? "") || isLostRole(error);
  if (before === undefined || !mayBe) return mayBe;
  try {
    return (await enter()) !== before;
  } catch {
    // That it cannot be told now says less than the error itself.
    return false;
  }
}

/** The error of a transaction whose tenant was renamed. Its work may have effects elsewhere, and is not run again. */
export function renamedMeanwhile(cause: unknown): AppError {
  const message = "Cannot finish: the tenant was renamed at the same moment; nothing was changed";
  return new AppError("OVERLOADED", message, { cause });
}
