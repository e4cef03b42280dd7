// The tenants as they are listed.

import {
  type Registry,
  readRows,
  type Settings,
  type TenantStatus,
  type Transition,
} from "../registry/registry.ts";
import type { TenantPage } from "../registry/tenants/state.ts";

/** A tenant with its hosts, as `list-tenants` shows it. */
export interface ListedTenant {
  readonly schemaName: string;
  readonly status: TenantStatus;
  readonly version: number;
  /** The name of its newest migration; empty at version 0. */
  readonly migration: string;
  readonly statementTimeoutMs: number;
  readonly settings: Settings;
  readonly createdAt: Date;
  /** Its transition, if it is in one, and the other database of a move. */
  readonly transition: Transition | null;
  readonly peer: string | null;
  readonly hosts: readonly string[];
}

// Ends with the condition and the order.
const LISTED = `
  select schema_name as "schemaName", status, version, m.name as migration,
      statement_timeout_ms as "statementTimeoutMs", settings, created_at as "createdAt", transition, peer,
      array(select host from rowhouse.domain as d
        where d.schema_name = t.schema_name and d.database is null order by host) as hosts
    from rowhouse.tenant as t join rowhouse.tenant_migration as m on m.position = t.version`;

const ALL = "where $1::text is null or schema_name > $1::text order by schema_name limit $2";

// The order of JavaScript, so that the lists of several databases can be merged.
const PRESENT = `
   where not exists (select from rowhouse.pointer as p where p.schema_name = t.schema_name)
     and ($1::text is null or schema_name collate "C" > $1::text)
   order by schema_name collate "C" limit $2`;

/**
 * Reads every tenant with its hosts, or a part of the list, in the order of the schema names.
 * @param isMerged whether the list is one of several: without what a move has left here, and in the order of bytes
 */
export function listTenants(
  registry: Registry,
  { after, limit }: Omit<TenantPage, "database"> = {},
  isMerged = false,
): Promise<readonly ListedTenant[]> {
  const text = `${LISTED} ${isMerged ? PRESENT : ALL}`;
  return readRows<ListedTenant>(registry, text, [after ?? null, limit ?? null]);
}

/** Reads one tenant with its hosts; undefined when it does not exist. */
export async function findTenant(
  registry: Registry,
  schemaName: string,
): Promise<ListedTenant | undefined> {
  const text = `${LISTED} where schema_name = $1`;
  const [found] = await readRows<ListedTenant>(registry, text, [schemaName]);
  return found;
}
