// Every error of the library as an AdminError with a code.

import { AppError } from "../../src/errors.ts";
import { DatabaseFailure } from "../command/database-error.ts";
import { AdminError } from "../registry/admin-error.ts";
import { adminCode, databaseCode } from "../registry/database-code.ts";

// invalid_schema_name, undefined_table, undefined_column: there is no registry, or it is older
const NO_REGISTRY = new Set(["3F000", "42P01", "42703"]);

/** Runs `work`, and replaces an error that is not an {@link AdminError} by one, unless it is a defect. */
export async function withCodes<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toAdminError(error);
  }
}

/** See {@link withCodes}. */
export function toAdminError(error: unknown): unknown {
  if (error instanceof AdminError) return error;
  if (error instanceof AppError) {
    const code = error.code === "HOST_INVALID" ? "host_invalid" : "refused";
    return new AdminError(error.message, { code, cause: error });
  }
  const code = adminCode(error);
  if (code === "refused") return error;
  const isMissing = NO_REGISTRY.has(databaseCode(error) ?? "");
  return new DatabaseFailure(isMissing ? "registry_missing" : code, error);
}
