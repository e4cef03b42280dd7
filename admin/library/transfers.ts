// Copies, moves, renames and drops tenants.

import type { Registry } from "../registry/registry.ts";
import type { TransferFunctions } from "./contract.ts";
import { withCodes } from "./failure.ts";

const WAIT_MS = 300_000;

/** Makes the functions. Each loads what it needs when it is called. */
export function transferFunctions(registry: Registry): TransferFunctions {
  return {
    renameTenant: (from, to) =>
      withCodes(async () => {
        const { parseSchemaName } = await import("../registry/schema-name.ts");
        const { renameTenant } = await import("../rename/rename.ts");
        return renameTenant(registry, parseSchemaName(from), parseSchemaName(to));
      }),
    cloneTenant: (from, { meter, structureOnly, lossy, ...tenant }) =>
      withCodes(async () => {
        const { parseNewTenant } = await import("./parse.ts");
        const { parseSchemaName } = await import("../registry/schema-name.ts");
        const { cloneTenant } = await import("../transfer/clone-tenant.ts");
        return cloneTenant(registry, parseSchemaName(from), {
          ...parseNewTenant(tenant),
          structureOnly: structureOnly === true,
          lossy: lossy === true,
          ...(meter && { meter }),
        });
      }),
    exportTenant: (schemaName, file, { signal, meter } = {}) =>
      withCodes(async () => {
        const { parseSchemaName } = await import("../registry/schema-name.ts");
        const { exportTenant } = await import("../transfer/export-tenant.ts");
        const options = { ...(signal && { signal }), ...(meter && { meter }) };
        return exportTenant(registry, parseSchemaName(schemaName), file, options);
      }),
    importTenant: (file, { meter, migrate, lossy, withSettings, maxBytes, ...tenant }) =>
      withCodes(async () => {
        const { parseNewTenant, parseWhole } = await import("./parse.ts");
        const { importTenant } = await import("../transfer/import-tenant.ts");
        return importTenant(registry, file, {
          ...parseNewTenant(tenant),
          migrate: migrate === true,
          lossy: lossy === true,
          withSettings: withSettings === true,
          maxBytes: maxBytes && parseWhole("maxBytes", maxBytes, 1, Number.MAX_SAFE_INTEGER),
          ...(meter && { meter }),
        });
      }),
    moveTenant: (schemaName, { to, waitMs = WAIT_MS, lossy, meter, onStep }) =>
      withCodes(async () => {
        const { parseUrl } = await import("./parse.ts");
        const { parseSchemaName } = await import("../registry/schema-name.ts");
        const { withTarget } = await import("../transfer/move/target.ts");
        const { moveTenant } = await import("../transfer/move/move-tenant.ts");
        const name = parseSchemaName(schemaName);
        return withTarget(parseUrl("to", to), registry, (target) =>
          moveTenant(registry, target, name, {
            waitMs,
            lossy: lossy === true,
            ...(meter && { meter }),
            ...(onStep && { onStep }),
          }),
        );
      }),
    dropTenant: (schemaName, { backup, prove, lossy, signal, meter }) =>
      withCodes(async () => {
        const { parseSchemaName } = await import("../registry/schema-name.ts");
        const { dropTenant } = await import("../drop/drop.ts");
        return dropTenant(registry, parseSchemaName(schemaName), {
          backup: backup === false ? undefined : backup,
          prove,
          lossy,
          signal: signal ?? new AbortController().signal,
          ...(meter && { meter }),
        });
      }),
  };
}
