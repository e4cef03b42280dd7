// What a token may do.

/** The scopes. `all` includes the others. */
export const SCOPES = ["create", "read", "hosts", "status", "settings", "all"] as const;

/** One of {@link SCOPES}. */
export type Scope = (typeof SCOPES)[number];

/**
 * Reads a list of scopes, such as `create,read`.
 * @throws {Error} that names the text which is not a scope
 */
export function parseScopes(text: string): readonly Scope[] {
  return text.split(",").map((name) => {
    const scope = SCOPES.find((known) => known === name);
    if (scope !== undefined) return scope;
    throw new Error(`${JSON.stringify(name)} is not one of ${SCOPES.join(", ")}`);
  });
}
