// The library over a registry that is open already.

import type { Registry } from "../registry/registry.ts";
import { adoptionFunctions } from "./adoptions.ts";
import { manyFunctions } from "./bulk.ts";
import type { Admin } from "./contract.ts";
import { installationFunctions } from "./installations.ts";
import { migrationFunctions } from "./migrations.ts";
import { tenantFunctions } from "./tenants.ts";
import { transferFunctions } from "./transfers.ts";

/**
 * Makes the functions.
 * @param close closes the registry
 */
export function createAdmin(registry: Registry, close: () => Promise<void>): Admin {
  return {
    ...tenantFunctions(registry),
    ...transferFunctions(registry),
    ...manyFunctions(registry),
    ...adoptionFunctions(registry),
    ...migrationFunctions(registry),
    ...installationFunctions(registry),
    close,
    [Symbol.asyncDispose]: close,
  };
}
