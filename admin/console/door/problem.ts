// What the page learns of an error. An error that is meant for a person has the text that the command line would
// print; of any other error the page learns nothing.

import { AppError } from "../../../src/errors.ts";
import { DatabaseFailure, describeDatabaseError } from "../../command/database-error.ts";
import { UsageError } from "../../command/usage-error.ts";
import { AdminError } from "../../registry/admin-error.ts";
import { databaseCode, isConnectionLost } from "../../registry/database-code.ts";
import { RequestError } from "./request-error.ts";

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
  if (error instanceof AppError) return { status: 400, detail: error.message };
  if (error instanceof UsageError) return { status: 400, detail: error.message };
  if (error instanceof DatabaseFailure) return toProblem(error.cause, note);
  if (error instanceof AdminError) return { status: 409, detail: oneLine(error.message) };
  if (isConnectionLost(error)) {
    const code = databaseCode(error);
    return { status: 503, detail: code === undefined ? LOST : `${LOST} (${code})` };
  }
  note(oneLine(describeDatabaseError(error)));
  return { status: 500, detail: UNKNOWN };
}

function oneLine(text: string): string {
  return text.replaceAll(/\.?\s*\n\s*/g, "; ");
}
