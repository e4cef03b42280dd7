// Creates, finds and changes one tenant.

import type { NewTenant as WantedTenant } from "../lifecycle/creation.ts";
import type { Registry } from "../registry/registry.ts";
import type { Creations } from "./creations.ts";
import { withCodes } from "./failure.ts";
import type { CreatedTenant, NewTenant } from "./contract/tenant.ts";
import type { TenantFunctions } from "./contract/tenant-functions.ts";

/** Finds what the new tenants of a database share, for all who create them. */
export type FindCreations = (registry: Registry) => Promise<Creations>;

/** See {@link FindCreations}. It loads nothing before the first tenant. */
export function shareCreations(): FindCreations {
  const kept = new Map<string, Creations>();
  return async (registry) => {
    const { Creations } = await import("./creations.ts");
    const found = kept.get(registry.database) ?? new Creations(registry);
    kept.set(registry.database, found);
    return found;
  };
}

/** Makes the functions. Each loads what it needs when it is called. */
export function tenantFunctions(registry: Registry, creations: FindCreations): TenantFunctions {
  return {
    createTenant: (tenant) => withCodes(() => create(registry, creations, tenant)),
    findTenant: (schemaName) =>
      withCodes(async () => {
        const { findAnywhere } = await import("../databases/list.ts");
        return findAnywhere(registry, await parseName(schemaName));
      }),
    listTenants: (page) =>
      withCodes(async () => {
        const { listAll } = await import("../databases/list.ts");
        return listAll(registry, page);
      }),
    addHost: (name, text) =>
      withCodes(async () => {
        const { parseDomain } = await import("../../src/host.ts");
        const { addHost } = await import("../databases/hosts.ts");
        const [schemaName, host] = [await parseName(name), parseDomain(text)];
        await addHost(registry, host, schemaName);
        return { host, schemaName };
      }),
    removeHost: (text, owner) =>
      withCodes(async () => {
        const { parseDomain } = await import("../../src/host.ts");
        const { removeHost } = await import("../databases/hosts.ts");
        const host = parseDomain(text);
        return { host, schemaName: await removeHost(registry, host, owner) };
      }),
    suspendTenant: (name) =>
      withCodes(async () => {
        const { suspendTenant } = await import("../lifecycle/status.ts");
        const { schemaName, there } = await locateTenant(registry, name);
        return suspendTenant(there, schemaName);
      }),
    resumeTenant: (name) =>
      withCodes(async () => {
        const { resumeTenant } = await import("../lifecycle/status.ts");
        const { schemaName, there } = await locateTenant(registry, name);
        return resumeTenant(there, schemaName);
      }),
    setTenant: (name, { readOnly, statementTimeoutMs, set, unset }) =>
      withCodes(async () => {
        const { setTenant } = await import("../lifecycle/status.ts");
        const { parseSettingsChange, parseStatementTimeout } = await import("./parse.ts");
        const { schemaName, there } = await locateTenant(registry, name);
        return setTenant(there, schemaName, {
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
  const { parseSchemaName } = await import("../registry/tenants/schema-name.ts");
  return parseSchemaName(text);
}

/** Reads a name, and finds the registry of the database where the tenant is. */
export async function locateTenant(
  registry: Registry,
  name: string,
): Promise<{ readonly schemaName: string; readonly there: Registry }> {
  const { locate } = await import("../databases/find.ts");
  const schemaName = await parseName(name);
  return { schemaName, there: await locate(registry, schemaName) };
}

async function create(
  home: Registry,
  creations: FindCreations,
  { database, ...tenant }: NewTenant,
): Promise<CreatedTenant> {
  const { parseNewTenant } = await import("./parse.ts");
  const { createIn } = await import("../databases/create.ts");
  const { findDatabase } = await import("../databases/find.ts");
  const wanted = parseNewTenant(tenant);
  const { schemaName, hosts } = wanted;
  const there = await findDatabase(home, database);
  try {
    await createIn(home, there, [wanted], async (displaces) =>
      addTo(there, await creations(there), { ...wanted, displaces }),
    );
    return { schemaName, hosts };
  } catch (error) {
    throw await explainExisting(home, wanted, error);
  }
}

/** Creates a tenant. What an earlier creation has kept may be out of date, so that its failure is not final. */
async function addTo(registry: Registry, kept: Creations, wanted: WantedTenant): Promise<void> {
  const { MigrationFailure } = await import("../migrations/commands/failure.ts");
  const { addTenant } = await import("../lifecycle/tenant.ts");
  for (;;) {
    const { creation, isKept } = await kept.find();
    try {
      await addTenant(registry, creation, wanted);
      return;
    } catch (error) {
      if (!(error instanceof MigrationFailure)) throw error;
      kept.forget();
      if (!isKept) throw error;
    }
  }
}

/** Tells a tenant that an earlier call has created, wherever it is now, from another one of the name. */
async function explainExisting(
  home: Registry,
  wanted: CreatedTenant,
  error: unknown,
): Promise<unknown> {
  const { TenantExists } = await import("../lifecycle/begin.ts");
  const { TenantElsewhere } = await import("../lifecycle/domain.ts");
  if (!(error instanceof TenantExists || error instanceof TenantElsewhere)) return error;
  const { locate } = await import("../databases/find.ts");
  const { findExisting } = await import("../tenant-list/existing.ts");
  const there = await locate(home, wanted.schemaName);
  const found = (await findExisting(there, [wanted])).get(wanted.schemaName);
  if (found === undefined) {
    const { findUncreated } = await import("../databases/uncreated.ts");
    const { AdminError } = await import("../registry/admin-error.ts");
    const uncreated = (await findUncreated(home, [wanted])).get(wanted.schemaName);
    if (uncreated === undefined) return error;
    const { problem, code } = uncreated;
    return new AdminError(`Cannot add tenant: ${problem}`, { code, cause: error });
  }
  return new TenantExists(error.message, { code: found.code, cause: error });
}
