// One thing that the doctor has looked at.

import { describeDatabaseError } from "../command/database-error.ts";

/** How it is: in order, worth a thought, or a danger to isolation or to the service. */
type Level = "ok" | "warn" | "unsafe";

/** What was looked at, what was seen, and what to do about it. */
export interface Finding {
  readonly level: Level;
  /** Such as `pooler`. */
  readonly check: string;
  readonly seen: string;
  /** What to do; undefined where nothing is. */
  readonly advice?: string;
}

/**
 * Makes a finding of one condition.
 * @param level what it is when the condition does not hold
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

/** Looks at something; what keeps it from being looked at is a finding, too. */
export async function examine(
  check: string,
  look: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    const seen = describeDatabaseError(error).replaceAll(/\s*\n\s*/g, "; ");
    const advice = "mend that, and run the doctor again: this was not looked at";
    return [{ level: "unsafe", check, seen, advice }];
  }
}
