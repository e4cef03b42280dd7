// The two tenants of the checks: created for one run under unique names, and always dropped. A later run drops the
// tenants that a killed run has left.

import { randomBytes } from "node:crypto";
import { dropTenant } from "../drop/drop.ts";
import { prepareCreation } from "../lifecycle/creation.ts";
import { raiseTenant } from "../lifecycle/raise.ts";
import type { TenantMigrations } from "../migrations/ordered.ts";
import { withClient } from "../registry/connection/client.ts";
import { query, readRows, type Registry, withRegistry } from "../registry/registry.ts";
import { Pool, type Subject } from "./pool.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

const NONE: TenantMigrations = {
  tool: "",
  notices: [],
  ordered: [],
  edited: [],
  sharedSchemas: [],
};
const PREFIX = "rowhouse_verify_";
// No run takes so long.
const LEFT = `select schema_name as "schemaName" from rowhouse.tenant
  where schema_name ~ '^${PREFIX}[0-9a-f]{12}_[12]$' and created_at < now() - interval '1 hour'`;

/**
 * Creates the tenants, hands the pool to `work`, and drops the tenants.
 * @param url the service role's URL of the pooler
 * @param adminUrl the admin role's URL, past the pooler
 */
export function withPool<T>(
  url: string,
  adminUrl: string,
  work: (pool: Pool) => Promise<T>,
): Promise<T> {
  return withRegistry(adminUrl, async (registry) => {
    const left = await readRows<Pick<Subject, "schemaName">>(registry, LEFT);
    await drop(registry, left);
    const subjects = nameSubjects();
    // The tables are the checks' own, not the application's.
    const creation = await prepareCreation(registry, NONE);
    for (const { schemaName, host } of subjects) {
      const tenant = { schemaName, hosts: [host] };
      const fill = (transaction: Transaction): Promise<unknown> =>
        query(
          transaction,
          `create table "${schemaName}".data (key int primary key, value int not null)`,
        );
      await raiseTenant(registry, creation, tenant, fill, {
        action: "verify the pooler",
        source: { verb: "verify-pooler" },
      });
    }
    try {
      return await withClient({ url: adminUrl }, async (admin) => {
        const pool = new Pool(url, admin, subjects);
        await pool.seed();
        return work(pool);
      });
    } finally {
      await drop(registry, subjects);
    }
  });
}

function nameSubjects(): readonly [Subject, Subject] {
  const token = randomBytes(6).toString("hex");
  const name = (number: number): Subject => ({
    number,
    schemaName: `${PREFIX}${token}_${number}`,
    host: `${number}.${token}.rowhouse-verify.invalid`,
  });
  return [name(1), name(2)];
}

async function drop(
  registry: Registry,
  subjects: readonly Pick<Subject, "schemaName">[],
): Promise<void> {
  const { signal } = new AbortController();
  for (const { schemaName } of subjects) {
    await dropTenant(registry, schemaName, { backup: undefined, signal });
  }
}
