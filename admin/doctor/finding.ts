// A finding: the result of one of the doctor's examinations.

import { describeDatabaseError } from "../command/database-error.ts";
import { toOneLine } from "../print/visible.ts";

/** The severity: in order, worth a thought, or a danger to isolation or to the service. */
type Level = "ok" | "warn" | "unsafe";

/** A finding: the subject, the observation, and the advice. */
export interface Finding {
  readonly level: Level;
  /** The subject, such as `pooler`. */
  readonly check: string;
  readonly seen: string;
  /** The remedy; undefined when the finding does not need one. */
  readonly advice?: string;
  /** The database, where it is not home. */
  readonly database?: string;
}

/**
 * Makes a finding from one condition.
 * @param level the severity when the condition does not hold
 */
export function judge(
  check: string,
  holds: boolean,
  well: string,
  level: "warn" | "unsafe",
  seen: string,
  advice: string,
): Finding {
  return holds ? { level: "ok", check, seen: well } : { level, check, seen, advice };
}

/** Runs an examination; an error in it becomes a finding, too. */
export async function examine(
  check: string,
  look: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    const seen = toOneLine(describeDatabaseError(error), "; ");
    const advice = "mend that, and run the doctor again: this check did not run";
    return [{ level: "unsafe", check, seen, advice }];
  }
}
