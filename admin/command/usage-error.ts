// The error of a call that cannot be understood: exit status 2.

/** What is wrong with the arguments; the verb and its --help are named by {@link runVerb}. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
