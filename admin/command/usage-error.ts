// The error for wrong arguments: exit status 2.

/** An error in the arguments. {@link runVerb} puts the verb's name before the message and `--help` after it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
