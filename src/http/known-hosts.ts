// Remembers the tenant of each host or schema name that a message entered. This is a hint and never decides what a
// request may see: each message looks its tenant up itself. It decides for which share a request counts before its tenant
// is looked up, so that all names, ports and subdomains of a tenant share one tenant's places.

import type { Share } from "../database/pool/shares.ts";
import type { TenantName } from "../entry.ts";
import { type Host, parseHost } from "../host.ts";

const MAX_HOSTS = 10_000;
// The bound for one tenant: a tenant with a wildcard must not displace all other hosts.
const MAX_HOSTS_OF_TENANT = 100;
// When a group has this many known members and all belong to one tenant, its unknown ones count for that tenant. The ports
// of one name under a parent domain are one member: any client can write them, and they say nothing of the other names.
const MEMBERS_OF_A_GROUP = 8;

/** A group of hosts: all ports of a name, and all names under one parent domain. */
interface Group {
  /** Undefined when the group has hosts of several tenants. */
  schemaName: string | undefined;
  /** Ports of its name, or names under its parent domain; no more than are needed. */
  readonly members: Set<string>;
}

/** A host that a message entered. */
interface Known {
  readonly host: Host;
  readonly schemaName: string;
  readonly share: Share;
}

/** The hosts that messages entered; once there are many, in the order of their last message. */
export class KnownHosts {
  readonly #known = new Map<string, Known>();
  readonly #hostsOfSchema = new Map<string, Set<string>>();
  readonly #groups = new Map<string, Group>();

  /**
   * Reads a host. The text of a known host is not read again; that of a known schema is.
   * @throws {AppError} HOST_INVALID
   */
  read(text: string): Host {
    const known = text.startsWith("=") ? undefined : this.#known.get(text);
    return known?.host ?? parseHost(text);
  }

  /** The schema of a name's last tenant; undefined for an unknown name. */
  schemaOf(name: TenantName): string | undefined {
    if (!("schema" in name)) return this.#known.get(name.text)?.schemaName;
    return this.#hostsOfSchema.has(name.schema) ? name.schema : undefined;
  }

  /**
   * The share that a request counts for: its tenant's. An unknown host counts for the tenant of its group when the
   * group has one tenant; else by its name without the port, and with its group. All unknown schemas are one group.
   */
  shareOf(wanted: TenantName): Share {
    const host = toHost(wanted);
    const known = this.#known.get(host.text);
    if (known !== undefined) return known.share;
    const schemaName = this.schemaOf(wanted);
    if (schemaName !== undefined) return { key: schemaName };
    const name = groupOf(host);
    const group = this.#groups.get(name);
    if (group?.schemaName !== undefined && group.members.size >= MEMBERS_OF_A_GROUP) {
      return { key: group.schemaName };
    }
    return { key: `?${host.name}`, group: `*${name}` };
  }

  /** Records that a message entered the tenant by this name. */
  learn(name: TenantName, schemaName: string): void {
    const host = toHost(name);
    const known = this.#known.get(host.text);
    if (known?.schemaName === schemaName) return this.#touch(known);
    this.forget(name);
    if (host === name) this.#learnGroup(host, schemaName);
    let hosts = this.#hostsOfSchema.get(schemaName);
    if (hosts !== undefined && hosts.size >= MAX_HOSTS_OF_TENANT) this.#forgetFirst(hosts);
    else if (this.#known.size >= MAX_HOSTS) this.#forgetFirst(this.#known.keys());
    hosts = this.#hostsOfSchema.get(schemaName) ?? new Set();
    hosts.add(host.text);
    this.#hostsOfSchema.set(schemaName, hosts);
    this.#known.set(host.text, { host, schemaName, share: { key: schemaName } });
  }

  /** Removes a name that does not belong to its last tenant any more. */
  forget(name: TenantName): void {
    this.#forget(toHost(name).text);
  }

  #forget(host: string): void {
    const schemaName = this.#known.get(host)?.schemaName;
    if (schemaName === undefined) return;
    this.#known.delete(host);
    const hosts = this.#hostsOfSchema.get(schemaName);
    hosts?.delete(host);
    if (hosts?.size === 0) this.#hostsOfSchema.delete(schemaName);
  }

  /**
   * Moves a host to the end: one that is in use is not forgotten for one that is new. As long as there is room for as
   * many again, the order does not matter yet.
   */
  #touch(known: Known): void {
    const { text } = known.host;
    if (this.#known.size > MAX_HOSTS / 2) {
      this.#known.delete(text);
      this.#known.set(text, known);
    }
    const hosts = this.#hostsOfSchema.get(known.schemaName);
    if (hosts === undefined || hosts.size <= MAX_HOSTS_OF_TENANT / 2) return;
    if (hosts.delete(text)) hosts.add(text);
  }

  #learnGroup(host: Host, schemaName: string): void {
    const name = groupOf(host);
    const member = name === host.name ? host.text : host.name;
    const group = this.#groups.get(name);
    if (group === undefined) {
      if (this.#groups.size >= MAX_HOSTS) this.#groups.clear();
      this.#groups.set(name, { schemaName, members: new Set([member]) });
    } else if (group.schemaName !== schemaName) group.schemaName = undefined;
    else if (group.members.size < MEMBERS_OF_A_GROUP) group.members.add(member);
  }

  #forgetFirst(hosts: Iterable<string>): void {
    for (const host of hosts) return this.#forget(host);
  }
}

/** A schema's name in the form of a host. No host begins with "=". */
function toHost(name: TenantName): Host {
  if (!("schema" in name)) return name;
  const text = `=${name.schema}`;
  return { name: text, port: undefined, text };
}

function groupOf({ name }: Host): string {
  if (name.startsWith("=")) return "=";
  const dot = name.indexOf(".");
  return !name.startsWith("[") && name.includes(".", dot + 1) ? name.slice(dot) : name;
}
