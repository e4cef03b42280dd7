// The last transaction of a drop: the rest of the schema, the role and the registry rows.

import { quoteName } from "../../src/sql/quote-name.ts";
import { queryWithEvent } from "../events/event.ts";
import { MIGRATION_EVENT } from "../events/read-events.ts";
import { query, type Registry } from "../registry/registry.ts";
import { claimTenant } from "../registry/tenants/transition.ts";
import type { KeptRole } from "../registry/roles/role-use.ts";
import { claimRole } from "../registry/roles/claim-role.ts";
import type { DropPlace } from "./objects.ts";
import { requireNoOutsiders } from "./outsiders.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

// What the records say of done migrations stays as events; the records themselves would seem to belong to the next tenant
// of the name.
const KEEP_MIGRATIONS = `
  with gone as (delete from rowhouse.migration_run where schema_name = $1 returning *)
  insert into rowhouse.event (at, actor, verb, schema_name, details)
  select at, coalesce(actor, 'unknown'), 'migrate', schema_name, details
    from (select ${MIGRATION_EVENT} from gone as r where r.outcome = 'migrated' order by r.id) as e`;

/**
 * Drops the schema, the role and the registry rows. The schema or the role may be missing.
 * @param backup the path of the backup, for the event; undefined without one
 * @returns the role when it was kept for another database; else undefined
 */
export async function dropRest(
  registry: Registry,
  transaction: Transaction,
  { schemaName, roleName }: DropPlace,
  backup: string | undefined,
): Promise<KeptRole | undefined> {
  const run = (text: string, ...bind: string[]): Promise<object[]> =>
    query(transaction, text, bind);
  await claimTenant(transaction, schemaName, "drop tenant", ["dropping"]);
  await requireNoOutsiders(transaction, schemaName, roleName);
  await run(`drop schema if exists "${schemaName}" cascade`);
  const role = roleName === undefined ? undefined : await claimRole(transaction, roleName);
  if (typeof role === "string") {
    await run(`drop owned by ${quoteName(role)}`);
    await run(`drop role ${quoteName(role)}`);
  }
  const hosts = await query<{ host: string }>(
    transaction,
    "delete from rowhouse.domain where schema_name = $1 and database is null returning host",
    [schemaName],
  );
  await run(KEEP_MIGRATIONS, schemaName);
  const removed = hosts.map(({ host }) => host).toSorted();
  await queryWithEvent(
    transaction,
    {
      ...{ actor: registry.actor, verb: "drop-tenant", schemaName },
      details: {
        dropped: true,
        hosts: { removed },
        ...(backup !== undefined && { backup }),
        ...(typeof role === "object" && { keptRole: role.roleName }),
      },
    },
    "delete from rowhouse.tenant where schema_name = $1 returning schema_name",
    [schemaName],
  );
  return typeof role === "object" ? role : undefined;
}
