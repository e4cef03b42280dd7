// The library over a registry that is open already.

import type { Registry } from "../registry/registry.ts";
import { adoptionFunctions } from "./adoptions.ts";
import { manyFunctions } from "./bulk.ts";
import type { Admin } from "./contract/contract.ts";
import { type FindCreations, shareCreations, tenantFunctions } from "./tenants.ts";
import { installationFunctions } from "./installations.ts";
import { migrationFunctions } from "./migrations.ts";
import { parseActorName } from "./parse.ts";
import { transferFunctions } from "./transfers.ts";

/**
 * Makes the functions.
 * @param close closes the registry
 * @param creations what new tenants share; made when left out
 */
export function createAdmin(
  registry: Registry,
  close: () => Promise<void>,
  creations: FindCreations = shareCreations(),
): Admin {
  return {
    databases: [registry.database, ...registry.others.names],
    ...tenantFunctions(registry, creations),
    ...transferFunctions(registry),
    ...manyFunctions(registry),
    ...adoptionFunctions(registry),
    ...migrationFunctions(registry),
    ...installationFunctions(registry),
    as: (actor) => createAdmin(registry.as(parseActorName(actor)), close, creations),
    close,
    [Symbol.asyncDispose]: close,
  };
}
