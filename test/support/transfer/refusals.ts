// What is refused, and what must be as it was then.

import { dropTenant } from "../../../admin/drop/drop.ts";
import { type Registry, withRegistry } from "../../../admin/registry/registry.ts";
import { cloneTenant } from "../../../admin/transfer/clone-tenant.ts";
import { moveTenant } from "../../../admin/transfer/move/move-tenant.ts";
import type { TestDatabase } from "../database/database.ts";

/** A clone, a move and a drop with a backup of a tenant. */
export function refusable(
  schemaName: string,
  target: Pick<TestDatabase, "adminUrl">,
  backup: string,
  migrations?: string,
): readonly ((registry: Registry) => Promise<unknown>)[] {
  const { signal } = new AbortController();
  return [
    (registry) =>
      cloneTenant(registry, schemaName, { schemaName: `of_${schemaName}`, hosts: ["of.test"] }),
    (registry) =>
      withRegistry(
        target.adminUrl,
        (to) => moveTenant(registry, to, schemaName, { waitMs: 1000 }),
        migrations,
      ),
    (registry) => dropTenant(registry, schemaName, { backup, signal }),
  ];
}

/** The tenants of a database, their hosts, and all schemas. */
export function stateOf(database: Pick<TestDatabase, "sql">): Promise<unknown> {
  return database.sql(
    `select t.*, (select array_agg(host) from rowhouse.domain as d where d.schema_name = t.schema_name) as hosts,
       (select array_agg(nspname::text order by 1) from pg_namespace) as schemas from rowhouse.tenant as t order by 1`,
  );
}
