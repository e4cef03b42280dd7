// Counts how much of a common resource each share uses. A share belongs to a tenant, or to a host whose tenant is not
// known yet. The unknown hosts of a group may all belong to one tenant with a wildcard, so they are bounded together.

/** The tenant or host that a piece of work counts for. */
export interface Share {
  readonly key: string;
  /** The group of an unknown host; undefined for a tenant. */
  readonly group?: string;
}

/** The most that each kind of share may use. */
export interface ShareLimits {
  /** The bound of a tenant. */
  readonly tenant: number;
  /** The bound of a host whose tenant is not known yet. */
  readonly host: number;
  /** The bound of all such hosts of one group together. */
  readonly group: number;
}

/** The use of a common resource by share. */
export class Shares {
  readonly #limits: ShareLimits;
  readonly #used = new Map<string, number>();

  constructor(limits: ShareLimits) {
    this.#limits = limits;
  }

  /** Whether the share may use one more; always true for work without a share. */
  allows(share: Share | undefined): boolean {
    if (share === undefined) return true;
    const { key, group } = share;
    const { tenant, host, group: ofGroup } = this.#limits;
    if (group === undefined) return this.#usedBy(key) < tenant;
    return this.#usedBy(key) < host && this.#usedBy(group) < ofGroup;
  }

  take(share: Share | undefined): void {
    this.#count(share, 1);
  }

  leave(share: Share | undefined): void {
    this.#count(share, -1);
  }

  #count(share: Share | undefined, change: 1 | -1): void {
    if (share === undefined) return;
    this.#add(share.key, change);
    if (share.group !== undefined) this.#add(share.group, change);
  }

  #add(name: string, change: 1 | -1): void {
    const used = this.#usedBy(name) + change;
    if (used === 0) this.#used.delete(name);
    else this.#used.set(name, used);
  }

  #usedBy(name: string): number {
    return this.#used.get(name) ?? 0;
  }
}
