// Who uses how much of something that all share. A share is a tenant's, or that of a host whose tenant is not known
// yet. Such hosts may belong to many tenants, or all to one with a wildcard: those of a group are bounded together.

/** What a piece of work counts as. */
export interface Share {
  readonly key: string;
  /** The group of a host whose tenant is not known yet; undefined for a tenant. */
  readonly group?: string;
}

/** How much each share may have. */
export interface ShareLimits {
  /** A tenant. */
  readonly tenant: number;
  /** A host whose tenant is not known yet. */
  readonly host: number;
  /** All such hosts of one group. */
  readonly group: number;
}

/** Counts what each share uses. */
export class Shares {
  readonly #limits: ShareLimits;
  readonly #used = new Map<string, number>();

  constructor(limits: ShareLimits) {
    this.#limits = limits;
  }

  /** Whether the share may have one more; work that belongs to no share always may. */
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
    for (const name of [share?.key, share?.group]) {
      if (name === undefined) continue;
      const used = this.#usedBy(name) + change;
      if (used === 0) this.#used.delete(name);
      else this.#used.set(name, used);
    }
  }

  #usedBy(name: string): number {
    return this.#used.get(name) ?? 0;
  }
}
