// Repairs many tenants: those that lack something, each in its own transaction.

import { forEachTenant, type RunOptions } from "../batch/for-each-tenant.ts";
import type { AdminErrorCode } from "../registry/admin-error.ts";
import { adminCode, databaseMessage } from "../registry/database-code.ts";
import type { Registry } from "../registry/registry.ts";
import { pickTenants } from "../registry/tenants/pattern.ts";
import { findLacks } from "../inspect/lack.ts";
import {
  mendTenant,
  readMigrations,
  type RepairOptions,
  repairUnfinished,
} from "./repair-tenant.ts";

/** The outcome for one tenant. */
export type MendedTenant = { readonly schemaName: string } & (
  | {
      readonly outcome: "repaired";
      readonly steps: readonly string[];
      /** The changes left to a person. */
      readonly left: readonly string[];
    }
  | { readonly outcome: "failed"; readonly code: AdminErrorCode; readonly message: string }
);

/** The number of tenants by outcome; `well` were complete already, and `left` were not begun. */
export type MendingSummary = Readonly<Record<"repaired" | "failed" | "well" | "left", number>>;

/**
 * Mends the tenants' lacks, and skips tenants in a transition.
 * @param list names and patterns, as in `a,b,shop_*`
 * @throws {AdminError} for a name that is not a tenant's
 */
export async function repairTenants(
  registry: Registry,
  list: string,
  how: Pick<RepairOptions, "plan" | "emptySchema">,
  options: RunOptions<MendedTenant>,
): Promise<MendingSummary> {
  const attributes = ["schemaName", "transition", "peer"];
  const all = await registry.Tenant.findAll({ attributes, order: ["schemaName"] });
  const picked = await pickTenants(registry, all, { tenants: list });
  const names = picked.map(({ schemaName }) => schemaName);
  const unfinished = picked
    .filter(({ transition, peer }) => transition === "arriving" && peer === null)
    .map(({ schemaName }) => schemaName);
  const lacks = await findLacks(registry, names);
  const sick = [...new Set([...unfinished, ...lacks.map(({ schemaName }) => schemaName)])];
  const { migrations } = await readMigrations(registry, how);
  const { counts, left } = await forEachTenant(
    sick,
    { repaired: 0, failed: 0 },
    options,
    async (schemaName, { end }) => {
      try {
        const announce = (): void => {};
        const removed = await repairUnfinished(registry, schemaName, { ...how, announce });
        if (removed)
          return end({ schemaName, outcome: "repaired", steps: removed.steps, left: [] });
        const mended = await mendTenant(registry, migrations, schemaName, { ...how, announce });
        return end({ schemaName, outcome: "repaired", steps: mended.steps, left: mended.left });
      } catch (error) {
        const [code, message] = [adminCode(error), databaseMessage(error)];
        return end({ schemaName, outcome: "failed", code, message });
      }
    },
  );
  return { ...counts, well: names.length - sick.length, left: left.length };
}
