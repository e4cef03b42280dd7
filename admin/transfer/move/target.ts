// Opens the registry of the target database of a move.

import { AdminError } from "../../registry/admin-error.ts";
import { databaseCode, databaseMessage } from "../../registry/database-code.ts";
import { readRows, type Registry, withRegistry } from "../../registry/registry.ts";
import { describePlace } from "./place.ts";

/**
 * Opens the registry for the same folder and actor as the source, hands it to `work`, and closes it.
 * @throws {AdminError} when the database cannot be reached
 */
export async function withTarget<T>(
  url: string,
  { tenantMigrations, actor }: Pick<Registry, "tenantMigrations" | "actor">,
  work: (target: Registry) => Promise<T>,
): Promise<T> {
  return withRegistry(
    url,
    async (target) => {
      try {
        await readRows(target, "select 1");
      } catch (error) {
        throw new AdminError(
          `Cannot connect to ${describePlace(url)}: ${databaseCode(error) ?? databaseMessage(error)}; ` +
            "check the URL, and that the database runs",
        );
      }
      return work(target);
    },
    tenantMigrations,
    undefined,
    actor,
  );
}
