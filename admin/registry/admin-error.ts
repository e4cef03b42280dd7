// The error whose message a verb prints unchanged.

/** An error for the operator: "Cannot" and the action, the problem, a semicolon, the remedy. */
export class AdminError extends Error {
  override readonly name = "AdminError";

  /** What --json adds to the message. */
  get details(): Readonly<Record<string, unknown>> {
    return {};
  }
}
