// Which tenant a host had when it was last entered. It is a hint and never decides what a request may see: each
// message looks its host up itself. It decides what a request counts as, before anything is known of it: whatever
// port or subdomain a tenant's clients write, they share one tenant's places.

import type { Share } from "../database/shares.ts";
import type { Host } from "../host.ts";

const MAX_HOSTS = 10_000;
// Of one tenant: a tenant with a wildcard must not push all other hosts out.
const MAX_HOSTS_OF_TENANT = 100;
// So many hosts of one group with one tenant, and none with another: the group is the tenant's.
const HOSTS_OF_A_GROUP = 8;

/** The hosts beside each other: all ports of a name, and all names under one parent domain. */
interface Group {
  /** Undefined when the group has hosts of several tenants. */
  schemaName: string | undefined;
  hosts: number;
}

/** Hosts that were entered, the last one at the end. */
export class KnownHosts {
  readonly #schemaOfHost = new Map<string, string>();
  readonly #hostsOfSchema = new Map<string, Set<string>>();
  readonly #groups = new Map<string, Group>();

  /** The schema of the tenant that a host had; undefined when it is not known. */
  schemaOf(host: Host): string | undefined {
    return this.#schemaOfHost.get(host.text);
  }

  /**
   * What a request of a host counts as: its tenant. A host that is not known counts for the tenant of its group
   * when that has one, else by its name, whatever its port, and with its group.
   */
  shareOf(host: Host): Share {
    const schemaName = this.schemaOf(host);
    if (schemaName !== undefined) return { key: schemaName };
    const name = groupOf(host);
    const group = this.#groups.get(name);
    if (group?.schemaName !== undefined && group.hosts >= HOSTS_OF_A_GROUP) {
      return { key: group.schemaName };
    }
    return { key: `?${host.name}`, group: `*${name}` };
  }

  /** A message of the host has entered the tenant. */
  learn(host: Host, schemaName: string): void {
    if (this.schemaOf(host) === schemaName) return;
    this.forget(host.text);
    this.#learnGroup(groupOf(host), schemaName);
    let hosts = this.#hostsOfSchema.get(schemaName);
    if (hosts !== undefined && hosts.size >= MAX_HOSTS_OF_TENANT) this.#forgetFirst(hosts);
    else if (this.#schemaOfHost.size >= MAX_HOSTS) this.#forgetFirst(this.#schemaOfHost.keys());
    hosts = this.#hostsOfSchema.get(schemaName) ?? new Set();
    hosts.add(host.text);
    this.#hostsOfSchema.set(schemaName, hosts);
    this.#schemaOfHost.set(host.text, schemaName);
  }

  /** The host has no tenant, or another one. */
  forget(host: string): void {
    const schemaName = this.#schemaOfHost.get(host);
    if (schemaName === undefined) return;
    this.#schemaOfHost.delete(host);
    const hosts = this.#hostsOfSchema.get(schemaName);
    hosts?.delete(host);
    if (hosts?.size === 0) this.#hostsOfSchema.delete(schemaName);
  }

  #learnGroup(name: string, schemaName: string): void {
    const group = this.#groups.get(name);
    if (group === undefined) {
      if (this.#groups.size >= MAX_HOSTS) this.#groups.clear();
      this.#groups.set(name, { schemaName, hosts: 1 });
    } else if (group.schemaName === schemaName) group.hosts += 1;
    else group.schemaName = undefined;
  }

  #forgetFirst(hosts: Iterable<string>): void {
    for (const host of hosts) return this.forget(host);
  }
}

function groupOf({ name }: Host): string {
  const dot = name.indexOf(".");
  return !name.startsWith("[") && name.includes(".", dot + 1) ? name.slice(dot) : name;
}
