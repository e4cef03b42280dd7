// Compares the shared schemas of the two databases of a move: a tenant's objects and statements need them there.

import { commandFor } from "../../program/form.ts";
import { AdminError } from "../../registry/admin-error.ts";
import { readInstallation } from "../../registry/installation.ts";
import type { Registry } from "../../registry/registry.ts";
import { findNeeds, readSharedObjects } from "../../shared/dependents.ts";
import { describePlace } from "./place.ts";

const MOST_NAMES = 5;

/**
 * Refuses a target that lacks a shared schema, has them in another order, or lacks an object of theirs that the
 * tenant's objects depend on. Rows are compared by the foreign keys when they arrive.
 * @throws {AdminError} that names the schema or the objects
 */
export async function checkShared(
  source: Registry,
  target: Registry,
  schemaName: string,
): Promise<void> {
  const [ours, needs] = await source.withTransaction(async (transaction) => {
    const { sharedSchemas } = await readInstallation(transaction);
    return [sharedSchemas, await findNeeds(transaction, schemaName, sharedSchemas)] as const;
  });
  const [theirs, objects] = await target.withTransaction(async (transaction) => {
    const { sharedSchemas } = await readInstallation(transaction);
    return [sharedSchemas, await readSharedObjects(transaction, sharedSchemas)] as const;
  });
  const place = describePlace(target.url);
  if (theirs.filter((name) => ours.includes(name)).join("\0") !== ours.join("\0")) {
    const options = ours.map((name) => `--shared-schema ${JSON.stringify(name)}`).join(" ");
    throw new AdminError(
      `Cannot move tenant to ${place}: tenants here see the shared schemas ${list(ours)}, and there ${list(theirs)}; ` +
        `run ${commandFor("init-db")} ${options} there`,
    );
  }
  const missing = needs.filter((name) => !objects.has(name));
  if (missing.length === 0) return;
  const more = missing.length > MOST_NAMES ? ` and ${missing.length - MOST_NAMES} more` : "";
  throw new AdminError(
    `Cannot move tenant to ${place}: it needs ${missing.slice(0, MOST_NAMES).join(", ")}${more}, which that database ` +
      "lacks; create what is missing there first",
  );
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.map((name) => JSON.stringify(name)).join(", ");
}
