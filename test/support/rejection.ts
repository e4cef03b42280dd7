// What a promise was rejected with, for tests that say which error it must be.

/**
 * Resolves to the Error that `promise` rejects with, with its `code` when it has one.
 * Throws when it resolves: that nothing failed must never look like the right failure.
 */
export async function rejection(
  promise: PromiseLike<unknown>,
): Promise<Error & { readonly code?: unknown }> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error("Something was thrown that is no Error", { cause: error });
  }
  throw new Error(`Nothing was rejected; it resolved to ${JSON.stringify(value)}`);
}

/** The `code` of {@link rejection}: a SQLSTATE, or the code of an AppError. */
export async function codeOf(promise: PromiseLike<unknown>): Promise<unknown> {
  return (await rejection(promise)).code;
}

/** The message of {@link rejection}. */
export async function messageOf(promise: PromiseLike<unknown>): Promise<string> {
  return (await rejection(promise)).message;
}
