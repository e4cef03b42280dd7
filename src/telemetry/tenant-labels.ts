// Chooses the tenants that the metrics name. A backend keeps a series for each name for ever, so their number is
// bounded.

/** The label that all other tenants share. */
const OTHER_TENANTS = "other";

// Length of a counting round, in requests per label.
const REQUESTS_PER_LABEL = 100;

/** A bounded set of labels. A tenant keeps its label, because a counter must not go down. */
export class TenantLabels {
  readonly #max: number;
  readonly #named = new Set<string>();
  /** The requests of each tenant without a label, in this round. */
  #counts = new Map<string, number>();
  #requests = 0;

  /** @param max the most tenants that get a label; with 0, all share one */
  constructor(max: number) {
    this.#max = max;
  }

  /**
   * The label for one more request of a tenant. The first tenants get half of the labels. Each other label goes to a
   * tenant with at least its share of the traffic, 1 / `max`.
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
