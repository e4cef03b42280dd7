// Which tenants have a name in the metrics. A backend keeps a series for each name for ever, so there is a bound.

/** The name that all other tenants share. */
const OTHER_TENANTS = "other";

// Length of a counting round, in requests per label.
const REQUESTS_PER_LABEL = 100;

/** A bounded set of names. One that was given stays: a counter must not go down. */
export class TenantLabels {
  readonly #max: number;
  readonly #named = new Set<string>();
  /** Requests of those without a name, in this round. */
  #counts = new Map<string, number>();
  #requests = 0;

  /** @param max how many tenants are named at most; 0 names none */
  constructor(max: number) {
    this.#max = max;
  }

  /**
   * The label of one more request of a tenant. Half of the names go to the first tenants that come; each of
   * the rest to a tenant that has at least its share of the traffic, 1 / `max`: the heaviest.
   */
  of(schemaName: string): string {
    this.#requests += 1;
    if (this.#named.has(schemaName)) return schemaName;
    if (this.#named.size >= this.#max) return OTHER_TENANTS;
    if (this.#named.size >= this.#max / 2 && !this.#isHeavy(schemaName)) return OTHER_TENANTS;
    this.#named.add(schemaName);
    this.#counts.delete(schemaName);
    return schemaName;
  }

  #isHeavy(schemaName: string): boolean {
    if (this.#requests > this.#max * REQUESTS_PER_LABEL) {
      this.#requests = 0;
      this.#counts.clear();
    }
    const count = (this.#counts.get(schemaName) ?? 0) + 1;
    this.#counts.set(schemaName, count);
    return count >= REQUESTS_PER_LABEL;
  }
}
