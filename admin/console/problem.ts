// What the page is told of an error: what the command line would print of those that are meant for a
// person, and nothing of any other.

import { AppError } from "../../src/errors.ts";
import { describeDatabaseError } from "../command/database-error.ts";
import { AdminError } from "../registry/admin-error.ts";
import { databaseCode, isConnectionLost } from "../registry/database-code.ts";
import { RequestError } from "./request-error.ts";

/** An error, as it is answered. */
export interface ConsoleProblem {
  readonly status: number;
  readonly error: string;
}

const LOST =
  "Cannot reach the database: the connection was refused or lost; it is tried again with the next request";
const UNKNOWN = "Cannot finish: an error that nobody expected; the console's terminal has it";

/**
 * Turns anything thrown into what is answered.
 * @param note is handed the line for the terminal of whatever the page is not told
 */
export function toProblem(error: unknown, note: (line: string) => void): ConsoleProblem {
  if (error instanceof RequestError) return { status: error.status, error: error.message };
  if (error instanceof AppError) return { status: 400, error: error.message };
  if (error instanceof AdminError) return { status: 409, error: oneLine(error.message) };
  if (isConnectionLost(error)) {
    const code = databaseCode(error);
    return { status: 503, error: code === undefined ? LOST : `${LOST} (${code})` };
  }
  note(oneLine(describeDatabaseError(error)));
  return { status: 500, error: UNKNOWN };
}

function oneLine(text: string): string {
  return text.replaceAll(/\.?\s*\n\s*/g, "; ");
}
