// Creates, finds and changes one tenant.

import type { AdminErrorCode } from "../registry/admin-error.ts";
import type { Registry } from "../registry/registry.ts";
import type { TenantFunctions } from "./contract.ts";
import { withCodes } from "./failure.ts";
import type { NewTenant } from "./tenant.ts";

/** Makes the functions. Each loads what it needs when it is called. */
export function tenantFunctions(registry: Registry): TenantFunctions {
  return {
    createTenant: (tenant) => withCodes(() => create(registry, tenant)),
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

async function create(
  registry: Registry,
  tenant: NewTenant,
): Promise<Pick<NewTenant, "schemaName" | "hosts">> {
  const { parseNewTenant } = await import("./parse.ts");
  const wanted = parseNewTenant(tenant);
  const { TenantExists } = await import("../lifecycle/begin.ts");
  const { prepareCreation } = await import("../lifecycle/creation.ts");
  const { addTenant } = await import("../lifecycle/tenant.ts");
  try {
    await addTenant(registry, await prepareCreation(registry), wanted);
  } catch (error) {
    if (!(error instanceof TenantExists)) throw error;
    const { findExisting } = await import("../tenant-list/existing.ts");
    const found = (await findExisting(registry, [wanted])).get(wanted.schemaName);
    if (found === undefined) throw error;
    const code: AdminErrorCode =
      found.problem === undefined
        ? "tenant_exists"
        : found.isChanging
          ? "tenant_in_transition"
          : "name_taken";
    throw new TenantExists(error.message, { code, cause: error });
  }
  const { schemaName, hosts } = wanted;
  return { schemaName, hosts };
}
