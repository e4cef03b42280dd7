// The library as the verbs use it: for the database that the environment names.

import { withAdminRegistry } from "../command/config.ts";
import type { Admin } from "./contract.ts";

/**
 * Opens the library, passes it to `work`, and closes it. It loads nothing before that.
 * @throws {ConfigError} that lists every problem of the environment
 * @throws {AdminError} when the environment does not name a database
 */
export function withAdmin<T>(
  { env }: { readonly env: Readonly<Record<string, string | undefined>> },
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  return withAdminRegistry(env, async (registry) => {
    const { createAdmin } = await import("./create-admin.ts");
    return work(createAdmin(registry, () => registry.sequelize.close()));
  });
}
