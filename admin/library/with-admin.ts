// The library as the verbs use it: for the database that the environment names.

import type { Admin } from "./contract/contract.ts";

/**
 * Opens the library, passes it to `work`, and closes it. It loads nothing before that.
 * @throws {ConfigError} that lists every problem of the environment
 * @throws {AdminError} when the environment does not name a database
 */
export async function withAdmin<T>(
  { env }: { readonly env: Readonly<Record<string, string | undefined>> },
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  const { withAdminRegistry } = await import("../command/environment/config.ts");
  return withAdminRegistry(env, async (registry) => {
    const { createAdmin } = await import("./create-admin.ts");
    // withAdminRegistry() closes the registry.
    return work(createAdmin(registry, async () => {}));
  });
}
