// What the page learns of an error. An error that is meant for a person has the text that the command line would
// print; of any other error the page learns nothing.

import { AppError } from "../../../src/errors.ts";
import { toOperatorError } from "../../api/errors.ts";
import { DatabaseFailure, describeDatabaseError } from "../../command/database-error.ts";
import { toAdminError } from "../../library/failure.ts";
import { databaseOf } from "../../registry/connection/marked-client.ts";
import { HOME } from "../../registry/others.ts";
import { AdminError } from "../../registry/admin-error.ts";
import { databaseCode, isConnectionLost } from "../../registry/database-code.ts";
import { RequestError } from "./request-error.ts";
import { toOneLine } from "../../print/visible.ts";

/** An error as the page receives it. */
export interface ConsoleProblem {
  /** The HTTP status. */
  readonly status: number;
  /** One line for a person. */
  readonly detail: string;
}

const LOST =
  "Cannot reach the database: the connection was refused or lost; the next request tries again";
const UNKNOWN = "Cannot finish: an unexpected error; the console's terminal shows it";

/**
 * Turns anything thrown into the answer's status and line.
 * @param note receives a line for the terminal when the page does not learn the error
 */
export function toProblem(error: unknown, note: (line: string) => void): ConsoleProblem {
  if (error instanceof RequestError) return { status: error.status, detail: error.message };
  const { status, message } = toConsoleError(error, note);
  return { status, detail: message };
}

/** The same as an error with a code. */
export function toConsoleError(error: unknown, note: (line: string) => void): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof DatabaseFailure) return toConsoleError(error.cause, note);
  if (error instanceof AdminError) return toOperatorError(error);
  const elsewhere = describeElsewhere(error);
  if (elsewhere !== undefined) return new AppError("DATABASE_UNAVAILABLE", elsewhere);
  if (isConnectionLost(error)) {
    const code = databaseCode(error);
    return new AppError("DATABASE_UNAVAILABLE", code === undefined ? LOST : `${LOST} (${code})`);
  }
  note(toOneLine(describeDatabaseError(error), "; "));
  return new AppError("INTERNAL", UNKNOWN);
}

/** Names another database that cannot be used, by its variable, and what to do; undefined for any other error. */
function describeElsewhere(error: unknown): string | undefined {
  if (databaseOf(error) === HOME) return undefined;
  const failure = toAdminError(error);
  const isDown =
    failure instanceof DatabaseFailure &&
    (failure.code === "database_unavailable" || failure.code === "registry_missing");
  return isDown ? describeDatabaseError(error) : undefined;
}
