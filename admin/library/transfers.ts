// Copies, moves, renames and drops tenants.

import type { Registry } from "../registry/registry.ts";
import { withCodes } from "./failure.ts";
import type { TransferFunctions } from "./contract/tenant-functions.ts";
import { locateTenant } from "./tenants.ts";

const WAIT_MS = 300_000;

/** Makes the functions. Each loads what it needs when it is called. */
export function transferFunctions(registry: Registry): TransferFunctions {
  return {
    renameTenant: (from, to) =>
      withCodes(async () => {
        const { parseSchemaName } = await import("../registry/tenants/schema-name.ts");
        const { renameAnywhere } = await import("../databases/rename.ts");
        return renameAnywhere(registry, parseSchemaName(from), parseSchemaName(to));
      }),
    cloneTenant: (from, { meter, structureOnly, lossy, ...tenant }) =>
      withCodes(async () => {
        const { parseNewTenant } = await import("./parse.ts");
        const { cloneTenant } = await import("../transfer/clone-tenant.ts");
        const { createIn } = await import("../databases/create.ts");
        const { schemaName, there } = await locateTenant(registry, from);
        const wanted = parseNewTenant(tenant);
        return createIn(registry, there, [wanted], (displaces) =>
          cloneTenant(there, schemaName, {
            ...wanted,
            ...{ displaces, structureOnly: structureOnly === true, lossy: lossy === true },
            ...(meter && { meter }),
          }),
        );
      }),
    exportTenant: (name, file, { signal, meter } = {}) =>
      withCodes(async () => {
        const { exportTenant } = await import("../transfer/export-tenant.ts");
        const { schemaName, there } = await locateTenant(registry, name);
        const options = { ...(signal && { signal }), ...(meter && { meter }) };
        return exportTenant(there, schemaName, file, options);
      }),
    importTenant: (file, { meter, migrate, lossy, withSettings, maxBytes, database, ...tenant }) =>
      withCodes(async () => {
        const { parseNewTenant, parseWhole } = await import("./parse.ts");
        const { importTenant } = await import("../transfer/import-tenant.ts");
        const { createIn } = await import("../databases/create.ts");
        const { findDatabase } = await import("../databases/find.ts");
        const there = await findDatabase(registry, database);
        const wanted = parseNewTenant(tenant);
        return createIn(registry, there, [wanted], (displaces) =>
          importTenant(there, file, {
            ...wanted,
            ...{ displaces, migrate: migrate === true, lossy: lossy === true },
            withSettings: withSettings === true,
            maxBytes: maxBytes && parseWhole("maxBytes", maxBytes, 1, Number.MAX_SAFE_INTEGER),
            ...(meter && { meter }),
          }),
        );
      }),
    moveTenant: (schemaName, { to, waitMs = WAIT_MS, lossy, meter, onStep }) =>
      withCodes(async () => {
        const { parseSchemaName } = await import("../registry/tenants/schema-name.ts");
        const name = parseSchemaName(schemaName);
        const options = {
          waitMs,
          lossy: lossy === true,
          ...(meter && { meter }),
          ...(onStep && { onStep }),
        };
        if (!to.includes(":")) {
          const { moveToDatabase } = await import("../databases/move.ts");
          return moveToDatabase(registry, name, to, options);
        }
        const { parseUrl } = await import("./parse.ts");
        const { moveAway } = await import("../databases/move-away.ts");
        return moveAway(registry, name, parseUrl("to", to), options);
      }),
    dropTenant: (schemaName, { backup, prove, lossy, signal, meter }) =>
      withCodes(async () => {
        const { parseSchemaName } = await import("../registry/tenants/schema-name.ts");
        const { dropAnywhere } = await import("../databases/drop.ts");
        return dropAnywhere(registry, parseSchemaName(schemaName), {
          backup: backup === false ? undefined : backup,
          prove,
          lossy,
          signal: signal ?? new AbortController().signal,
          ...(meter && { meter }),
        });
      }),
    dropRemnants: (schemaName, { signal = new AbortController().signal } = {}) =>
      withCodes(async () => {
        const { parseSchemaName } = await import("../registry/tenants/schema-name.ts");
        const { dropRemnants } = await import("../databases/remnants.ts");
        return dropRemnants(registry, parseSchemaName(schemaName), signal);
      }),
  };
}
