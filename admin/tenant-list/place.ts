// Where the tenants of a list are created or adopted. Of several databases, home has every name and host.

import type { NewEvent } from "../events/event.ts";
import type { NewTenant } from "../lifecycle/creation.ts";
import type { Displaced } from "../registry/pointer.ts";
import type { Registry } from "../registry/registry.ts";
import { type ExistingTenant, findExisting, findOwners } from "./existing.ts";

/** The database of the new tenants, and how it gets them. */
export interface Place {
  readonly registry: Registry;
  /** Finds the tenants that exist already, as findExisting() does. */
  findExisting(
    this: void,
    wanted: readonly NewTenant[],
  ): Promise<ReadonlyMap<string, ExistingTenant>>;
  /** Finds the other tenants that have hosts of these, by host. */
  findOwners(
    this: void,
    wanted: readonly Pick<NewTenant, "schemaName" | "hosts">[],
  ): Promise<ReadonlyMap<string, string>>;
  /**
   * Runs a creation: of all these tenants, or of none.
   * @param work receives which pointers give way to the new tenants
   */
  create<T>(
    this: void,
    wanted: readonly NewTenant[],
    work: (displaces: Displaced | undefined) => Promise<T>,
  ): Promise<T>;
  /**
   * Lets home point to a tenant that this database has already, and to its hosts: to all of them, or to none. It does
   * nothing where nobody needs a pointer.
   * @param event what this database records
   * @throws {AdminError} when home has the name or a host already, or the tenant has changed
   */
  lead(this: void, tenant: NewTenant, event: NewEvent): Promise<void>;
}

/** The place of a database that is home, or the only one. */
export function placeAt(registry: Registry): Place {
  return {
    registry,
    findExisting: (wanted) => findExisting(registry, wanted),
    findOwners: (wanted) => findOwners(registry, wanted),
    create: (_wanted, work) => work(undefined),
    lead: async () => {},
  };
}
