// Who uses how much of something that all share. A share is a tenant's, or that of a host whose tenant is not known
// yet: such hosts may belong to many tenants, or all to one with a wildcard, so together they are bounded as well.

/** What a piece of work counts as. */
export interface Share {
  readonly key: string;
  /** False for a host whose tenant is not known yet. */
  readonly known: boolean;
}

/** How much each share may have. */
export interface ShareLimits {
  readonly known: number;
  readonly unknown: number;
  /** All unknown shares together. */
  readonly allUnknown: number;
}

/** Counts what each share uses. */
export class Shares {
  readonly #limits: ShareLimits;
  readonly #used = new Map<string, number>();
  #unknown = 0;

  constructor(limits: ShareLimits) {
    this.#limits = limits;
  }

  /** Whether the share may have one more; work that belongs to no share always may. */
  allows(share: Share | undefined): boolean {
    if (share === undefined) return true;
    const used = this.#used.get(share.key) ?? 0;
    if (share.known) return used < this.#limits.known;
    return used < this.#limits.unknown && this.#unknown < this.#limits.allUnknown;
  }

  take(share: Share | undefined): void {
    this.#count(share, 1);
  }

  leave(share: Share | undefined): void {
    this.#count(share, -1);
  }

  #count(share: Share | undefined, change: 1 | -1): void {
    if (share === undefined) return;
    if (!share.known) this.#unknown += change;
    const used = (this.#used.get(share.key) ?? 0) + change;
    if (used === 0) this.#used.delete(share.key);
    else this.#used.set(share.key, used);
  }
}
