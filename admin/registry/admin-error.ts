// The error that a verb shows as it is.

/** An error for a person at a terminal: what is wrong, a semicolon, what to do. */
export class AdminError extends Error {
  override readonly name = "AdminError";
}
