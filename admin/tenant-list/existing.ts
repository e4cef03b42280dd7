// Finds the tenants of a file that exist already, so that the same file can be used again.

import { commandFor } from "../program/form.ts";
import type { AdminErrorCode } from "../registry/admin-error.ts";
import { readRows, type Registry, type Transition } from "../registry/registry.ts";
import { describeTransition } from "../registry/transition.ts";
import type { NewTenant } from "../lifecycle/creation.ts";
import { IS_UNFINISHED } from "../migrations/unfinished.ts";

const AT_ONCE = 5000;

/** An existing tenant with a wanted schema name; `problem` says, after "Cannot …: ", how it differs from the wanted one. */
export interface ExistingTenant {
  readonly problem: string | undefined;
  /** `tenant_exists` without a problem. */
  readonly code: AdminErrorCode;
}

/** Finds the tenants of `wanted` whose schema is already a tenant, by schema; without those whose creation was killed. */
export async function findExisting(
  registry: Registry,
  wanted: readonly NewTenant[],
): Promise<ReadonlyMap<string, ExistingTenant>> {
  const existing = new Map<string, ExistingTenant>();
  for (let start = 0; start < wanted.length; start += AT_ONCE) {
    const part = new Map(
      wanted.slice(start, start + AT_ONCE).map((tenant) => [tenant.schemaName, tenant]),
    );
    const rows = await readRows<Found>(registry, EXISTING, [[...part.keys()]]);
    for (const found of rows) {
      const problem = compare(found, part.get(found.schemaName)?.hosts ?? []);
      const code =
        problem === undefined
          ? "tenant_exists"
          : found.transition === null
            ? "name_taken"
            : "tenant_in_transition";
      existing.set(found.schemaName, { problem, code });
    }
  }
  return existing;
}

// A pointer stands for a tenant of another database, and home has its hosts. A row beside it is what a move left.
const EXISTING = `
  select schema_name as "schemaName", transition, peer, array(
      select host from rowhouse.domain as d where d.schema_name = t.schema_name and d.database is null) as hosts
    from rowhouse.tenant as t
   where schema_name = any($1::text[]) and not coalesce(${IS_UNFINISHED}, false)
     and not exists (select from rowhouse.pointer as p where p.schema_name = t.schema_name)
  union all
  select schema_name, null, null, array(
      select host from rowhouse.domain as d where d.schema_name = p.schema_name and d.database is not null)
    from rowhouse.pointer as p where schema_name = any($1::text[])`;

interface Found {
  readonly schemaName: string;
  readonly transition: Transition | null;
  readonly peer: string | null;
  readonly hosts: readonly string[];
}

function compare(
  { schemaName, transition, peer, hosts }: Found,
  wanted: readonly string[],
): string | undefined {
  if (transition !== null) {
    return `"${schemaName}" exists: ${describeTransition(transition, schemaName, peer)}`;
  }
  const missing = wanted.find((host) => !hosts.includes(host));
  if (missing === undefined) return undefined;
  const has = hosts.length > 0 ? `"${hosts.slice(0, 3).join('", "')}"` : "no host";
  return (
    `"${schemaName}" is a tenant already, at ${has} and not at "${missing}"; ` +
    `choose another schema, or see ${commandFor("add-domain")}`
  );
}
