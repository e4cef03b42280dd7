// The limits of migrations without a transaction.

/** How builds are bounded. */
export interface BuildLimits {
  /** The longest time of a command, in milliseconds. There is no shorter limit for its waits for locks. */
  readonly timeoutMs: number;
  /** How many builds run at a time in the database, over all verbs. */
  readonly atOnce: number;
}

/** The limits when none are given: an hour for a command. */
export const BUILD_LIMITS: BuildLimits = { timeoutMs: 3_600_000, atOnce: 2 };
