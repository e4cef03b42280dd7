// Finds the tenants of a file that exist already, so that the same file can be used again.

import { commandFor } from "../program/form.ts";
import type { AdminErrorCode } from "../registry/admin-error.ts";
import { readRows, type Registry, type Transition } from "../registry/registry.ts";
import { describeTransition } from "../registry/tenants/transition.ts";
import type { NewTenant } from "../lifecycle/creation.ts";
import { IS_UNFINISHED } from "../migrations/unfinished.ts";

const AT_ONCE = 5000;

/** An existing tenant with a wanted schema name; `problem` says, after "Cannot …: ", how it differs from the wanted one. */
export interface ExistingTenant {
  readonly problem: string | undefined;
  /** `tenant_exists` without a problem. */
  readonly code: AdminErrorCode;
  /** All its hosts, in alphabetical order. */
  readonly hosts: readonly string[];
  /** Undefined where only a pointer tells of it. */
  readonly version: number | undefined;
  /** Whether it is a tenant of another database to which home has no pointer, and can get one; `problem` says so. */
  readonly isUnled?: boolean;
}

/**
 * Finds the tenants of `wanted` whose schema is already a tenant, by schema; without those whose creation was killed.
 * @param isHome false for another database, whose pointers do not count
 */
export async function findExisting(
  registry: Registry,
  wanted: readonly NewTenant[],
  isHome = true,
): Promise<ReadonlyMap<string, ExistingTenant>> {
  const existing = new Map<string, ExistingTenant>();
  for (let start = 0; start < wanted.length; start += AT_ONCE) {
    const part = new Map(
      wanted.slice(start, start + AT_ONCE).map((tenant) => [tenant.schemaName, tenant]),
    );
    const rows = await readRows<Found>(registry, EXISTING, [[...part.keys()], isHome]);
    for (const found of rows) {
      const problem = compare(found, part.get(found.schemaName)?.hosts ?? []);
      const code =
        problem === undefined
          ? "tenant_exists"
          : found.transition === null
            ? "name_taken"
            : "tenant_in_transition";
      const { hosts, version } = found;
      existing.set(found.schemaName, { problem, code, hosts, version: version ?? undefined });
    }
  }
  return existing;
}

/**
 * Finds the tenants that have hosts of `wanted`, by host.
 * @param isHome false for another database: its pointers give way, so that their hosts are free
 */
export async function findOwners(
  registry: Registry,
  wanted: readonly Pick<NewTenant, "hosts">[],
  isHome = true,
): Promise<ReadonlyMap<string, string>> {
  const rows = await readRows<{ host: string; owner: string }>(
    registry,
    `select host, schema_name as owner from rowhouse.domain
      where host = any($1::text[]) and ($2::boolean or database is null)`,
    [wanted.flatMap(({ hosts }) => hosts), isHome],
  );
  return new Map(rows.map(({ host, owner }) => [host, owner]));
}

// A pointer stands for a tenant of another database, and home has its hosts. A row beside it is what a move left.
const EXISTING = `
  select schema_name as "schemaName", version, transition, peer, array(
      select host from rowhouse.domain as d
        where d.schema_name = t.schema_name and d.database is null order by 1) as hosts
    from rowhouse.tenant as t
   where schema_name = any($1::text[]) and not coalesce(${IS_UNFINISHED}, false)
     and not exists (select from rowhouse.pointer as p where p.schema_name = t.schema_name)
  union all
  select schema_name, null, null, null, array(
      select host from rowhouse.domain as d
        where d.schema_name = p.schema_name and d.database is not null order by 1)
    from rowhouse.pointer as p where $2::boolean and schema_name = any($1::text[])`;

interface Found {
  readonly schemaName: string;
  readonly version: number | null;
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
