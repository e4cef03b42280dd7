// The library over a registry that is open already.

import type { Registry } from "../registry/registry.ts";
import type { Admin } from "./contract.ts";
import { tenantFunctions } from "./tenants.ts";

/**
 * Makes the functions.
 * @param close closes the registry
 */
export function createAdmin(registry: Registry, close: () => Promise<void>): Admin {
  return { ...tenantFunctions(registry), close, [Symbol.asyncDispose]: close };
}
