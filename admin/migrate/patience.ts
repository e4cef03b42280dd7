// How long a run of migrate waits for a locked tenant.

/** The default lock timeout and number of attempts. */
export const MIGRATION_PATIENCE: { readonly lockTimeoutMs: number; readonly attempts: number } = {
  lockTimeoutMs: 1000,
  attempts: 12,
};
