// Tenants as the registry has them, without schemas and roles: ten thousand within a second.

import type { TestDatabase } from "./database.ts";

/**
 * Adds tenants `t00001` and so on, each with a host. The example's newest version is theirs, but for every
 * hundredth, which is at version 1; every 97th is suspended.
 */
export async function addRows(database: Pick<TestDatabase, "sql">, count: number): Promise<void> {
  await database.sql(
    `insert into rowhouse.tenant_migration (position, name)
       values (1, '0001-data'), (2, '0002-updated-at')`,
    `insert into rowhouse.tenant (schema_name, role_name, version, status)
       select 't' || lpad(n::text, 5, '0'), 'rh_t' || n,
           case when n % 100 = 0 then 1 else 2 end,
           case when n % 97 = 0 then 'suspended' else 'active' end
         from generate_series(1, ${count}) as n`,
    `insert into rowhouse.domain
       select replace(schema_name, '_', '-') || '.example.com', schema_name, role_name, status,
           statement_timeout_ms
         from rowhouse.tenant`,
    "analyze rowhouse.tenant, rowhouse.domain",
  );
}
