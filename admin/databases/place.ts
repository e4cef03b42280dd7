// The place of new tenants in one of several databases. Home knows each name and host first. A tenant that was made there
// by hand, of which home knows nothing, is told apart: home can be given a pointer to it.

import { recordEvents } from "../events/event.ts";
import type { NewTenant } from "../lifecycle/creation.ts";
import { commandFor } from "../program/form.ts";
import { AdminError } from "../registry/admin-error.ts";
import { findPointers } from "../registry/pointer.ts";
import { query, type Registry } from "../registry/registry.ts";
import { lockTenants, withTenantAlone } from "../registry/tenants/lock.ts";
import { type ExistingTenant, findExisting, findOwners } from "../tenant-list/existing.ts";
import { type Place, placeAt } from "../tenant-list/place.ts";
import { claim, createIn } from "./create.ts";
import { findUncreated } from "./uncreated.ts";

/** Returns the place of new tenants in a database. */
export function placeIn(home: Registry, there: Registry): Place {
  if (there.database === home.database) {
    return { ...placeAt(home), findExisting: (wanted) => findExistingAtHome(home, wanted) };
  }
  return {
    registry: there,
    findExisting: (wanted) => findExistingThere(home, there, wanted),
    async findOwners(wanted) {
      const owners = new Map([
        ...(await findOwners(there, wanted, false)),
        ...(await findOwners(home, wanted)),
      ]);
      for (const { schemaName, hosts } of wanted) {
        // Those of a tenant that is there already, or that a killed creation has left.
        for (const host of hosts) if (owners.get(host) === schemaName) owners.delete(host);
      }
      return owners;
    },
    create: (wanted, work) => createIn(home, there, wanted, work),
    lead: (tenant, event) =>
      withTenantAlone(home, tenant.schemaName, "adopt tenant", () =>
        there.withTransaction(async (transaction) => {
          await lockTenants(transaction, tenant.schemaName);
          const rows = await query<{ host: string }>(
            transaction,
            `select d.host from rowhouse.tenant as t left join rowhouse.domain as d
                 on d.schema_name = t.schema_name and d.database is null
              where t.schema_name = $1 and t.transition is null order by 1`,
            [tenant.schemaName],
          );
          const hosts = rows.flatMap(({ host }) => host ?? []);
          if (rows.length === 0 || hosts.join() !== tenant.hosts.toSorted().join()) {
            throw new AdminError(
              `Cannot adopt tenant: "${tenant.schemaName}" has changed meanwhile; run again`,
              { code: "tenant_busy" },
            );
          }
          await claim(home, there.database, [{ schemaName: tenant.schemaName, hosts }]);
          await recordEvents(transaction, [event]);
        }),
      ),
  };
}

/**
 * Finds the tenants that exist in any database, as home knows them. One whose creation elsewhere was killed has a problem.
 * @param except a database whose tenants are left as home knows them
 */
async function findExistingAtHome(
  home: Registry,
  wanted: readonly NewTenant[],
  except?: string,
): Promise<Map<string, ExistingTenant>> {
  const [found, uncreated] = await Promise.all([
    findExisting(home, wanted),
    findUncreated(home, wanted, except),
  ]);
  const existing = new Map(found);
  for (const [name, problem] of uncreated) {
    const one = existing.get(name);
    if (one !== undefined) existing.set(name, { ...one, ...problem });
  }
  return existing;
}

/**
 * Finds the tenants that exist in any database. Home's pointer says where one is; where it leads to `there`, that database
 * decides, because a killed creation leaves a pointer alone.
 */
async function findExistingThere(
  home: Registry,
  there: Registry,
  wanted: readonly NewTenant[],
): Promise<ReadonlyMap<string, ExistingTenant>> {
  const names = wanted.map(({ schemaName }) => schemaName);
  const [existing, pointers] = await Promise.all([
    findExistingAtHome(home, wanted, there.database),
    findPointers(home, names),
  ]);
  const isLed = (name: string): boolean => pointers.get(name) === there.database;
  for (const name of names) if (isLed(name)) existing.delete(name);
  for (const [name, one] of await findExisting(there, wanted, false)) {
    if (isLed(name)) existing.set(name, one);
    else if (existing.has(name)) {
      const other = pointers.get(name) ?? home.database;
      existing.set(name, { ...one, problem: describeTwin(name, other, there), code: "name_taken" });
    } else existing.set(name, describeUnled(there, name, one));
  }
  return existing;
}

function describeTwin(schemaName: string, other: string, { database }: Registry): string {
  return (
    `"${schemaName}" is a tenant of database "${other}" and of database "${database}"; decide which of them counts, ` +
    "and drop the other one"
  );
}

function describeUnled(
  { database }: Registry,
  schemaName: string,
  found: ExistingTenant,
): ExistingTenant {
  if (found.problem !== undefined) return found;
  return {
    ...found,
    problem:
      `"${schemaName}" is a tenant of database "${database}" already, and home has no pointer to it; ` +
      `give it one with ${commandFor("adopt-tenants")} --schemas ${schemaName} --database ${database}`,
    code: "name_taken",
    isUnled: true,
  };
}
