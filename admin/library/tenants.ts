// Creates, finds and changes one tenant.

import type { Registry } from "../registry/registry.ts";
import type { TenantFunctions } from "./contract.ts";
import type { Creations } from "./creations.ts";
import { withCodes } from "./failure.ts";
import type { CreatedTenant, NewTenant } from "./tenant.ts";

/** Finds what new tenants share, for all who create them. */
export type FindCreations = () => Promise<Creations>;

/** See {@link FindCreations}. It loads nothing before the first tenant. */
export function shareCreations(registry: Registry): FindCreations {
  let kept: Creations | undefined;
  return async () => {
    const { Creations } = await import("./creations.ts");
    return (kept ??= new Creations(registry));
  };
}

/** Makes the functions. Each loads what it needs when it is called. */
export function tenantFunctions(registry: Registry, creations: FindCreations): TenantFunctions {
  return {
    createTenant: (tenant) => withCodes(() => create(registry, creations, tenant)),
    findTenant: (schemaName) =>
      withCodes(async () => {
        const { findTenant } = await import("../lifecycle/tenant.ts");
        return findTenant(registry, await parseName(schemaName));
      }),
    listTenants: (page) =>
      withCodes(async () => {
        const { listTenants } = await import("../lifecycle/tenant.ts");
        return listTenants(registry, page);
      }),
    addHost: (name, text) =>
      withCodes(async () => {
        const { parseDomain } = await import("../../src/host.ts");
        const { addDomain } = await import("../lifecycle/domain.ts");
        const [schemaName, host] = [await parseName(name), parseDomain(text)];
        await addDomain(registry, host, schemaName);
        return { host, schemaName };
      }),
    removeHost: (text, owner) =>
      withCodes(async () => {
        const { parseDomain } = await import("../../src/host.ts");
        const { removeDomain } = await import("../lifecycle/domain.ts");
        const host = parseDomain(text);
        return { host, schemaName: await removeDomain(registry, host, owner) };
      }),
    suspendTenant: (schemaName) =>
      withCodes(async () => {
        const { suspendTenant } = await import("../lifecycle/status.ts");
        return suspendTenant(registry, await parseName(schemaName));
      }),
    resumeTenant: (schemaName) =>
      withCodes(async () => {
        const { resumeTenant } = await import("../lifecycle/status.ts");
        return resumeTenant(registry, await parseName(schemaName));
      }),
    setTenant: (schemaName, { readOnly, statementTimeoutMs, set, unset }) =>
      withCodes(async () => {
        const { setTenant } = await import("../lifecycle/status.ts");
        const { parseSettingsChange, parseStatementTimeout } = await import("./parse.ts");
        return setTenant(registry, await parseName(schemaName), {
          ...(readOnly !== undefined && { status: readOnly ? "read_only" : "active" }),
          ...(statementTimeoutMs !== undefined && {
            statementTimeoutMs: parseStatementTimeout(statementTimeoutMs),
          }),
          ...((set || unset) && { settings: parseSettingsChange(set ?? {}, unset ?? []) }),
        });
      }),
  };
}

async function parseName(text: string): Promise<string> {
  const { parseSchemaName } = await import("../registry/schema-name.ts");
  return parseSchemaName(text);
}

/** Creates a tenant. What an earlier creation has kept may be out of date, so that its failure is not final. */
async function create(
  registry: Registry,
  creations: FindCreations,
  tenant: NewTenant,
): Promise<CreatedTenant> {
  const { parseNewTenant } = await import("./parse.ts");
  const { MigrationFailure } = await import("../migrations/failure.ts");
  const { addTenant } = await import("../lifecycle/tenant.ts");
  const wanted = parseNewTenant(tenant);
  const { schemaName, hosts } = wanted;
  const kept = await creations();
  for (;;) {
    const { creation, isKept } = await kept.find();
    try {
      await addTenant(registry, creation, wanted);
      return { schemaName, hosts };
    } catch (error) {
      if (!(error instanceof MigrationFailure))
        throw await explainExisting(registry, wanted, error);
      kept.forget();
      if (!isKept) throw error;
    }
  }
}

/** Tells a tenant that an earlier call has created from another one of the name. */
async function explainExisting(
  registry: Registry,
  wanted: CreatedTenant,
  error: unknown,
): Promise<unknown> {
  const { TenantExists } = await import("../lifecycle/begin.ts");
  if (!(error instanceof TenantExists)) return error;
  const { findExisting } = await import("../tenant-list/existing.ts");
  const found = (await findExisting(registry, [wanted])).get(wanted.schemaName);
  if (found === undefined) return error;
  return new TenantExists(error.message, { code: found.code, cause: error });
}
