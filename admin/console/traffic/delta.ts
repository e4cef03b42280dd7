// Computes what a service did between two scrapes. Counters are compared series by series, so that a counter that
// starts at zero again, as after a restart, counts from there.

import { type ErrorCode, ERRORS } from "../../../src/errors.ts";
import { type Buckets, fromCumulative } from "./buckets.ts";
import { readSamples, type Sample } from "./exposition.ts";

/** The requests of one tenant between two scrapes. */
export interface TenantDelta {
  count: number;
  /** The sum of the requests' durations. */
  seconds: number;
  buckets: Buckets;
  outcomes: number;
  /** The outcomes that are a failure of the service. */
  failures: number;
}

/** The requests of a service between two scrapes. */
export interface Delta {
  /** The time between the two scrapes. */
  readonly seconds: number;
  readonly count: number;
  /** The number of requests with a status from 500 on. */
  readonly errors: number;
  /** The durations in seconds. */
  readonly buckets: Buckets;
  readonly tenants: ReadonlyMap<string, TenantDelta>;
}

/** The current figures of a service; undefined when it does not export one. */
export interface Gauges {
  readonly activeRequests: number | undefined;
  readonly connectionsUsed: number | undefined;
  readonly connectionsPending: number | undefined;
}

/** The result of a scrape. The first scrape of a service has no delta. */
export interface Reading {
  readonly delta: Delta | undefined;
  readonly gauges: Gauges;
}

/** Compares each scrape of one service with the previous one. */
export interface Comparer {
  /**
   * Reads the text of a scrape.
   * @param at the time of the scrape, in milliseconds of one clock
   */
  read(text: string, at: number): Reading;
}

const REQUESTS = "http_server_request_duration_seconds";
const TENANTS = "rowhouse_tenant_request_duration_seconds";
const OUTCOMES = "rowhouse_request_outcomes";
const ACTIVE = "http_server_active_requests";
const CONNECTIONS = "db_client_connection_count";
const PENDING = "db_client_connection_pending_requests";

const WANTED = new Set([
  ...[REQUESTS, TENANTS].flatMap((name) => [`${name}_bucket`, `${name}_count`, `${name}_sum`]),
  ...[OUTCOMES, `${OUTCOMES}_total`, ACTIVE, CONNECTIONS, PENDING],
]);

/** Creates a comparer that has seen no scrape. */
export function createComparer(): Comparer {
  let before: { readonly at: number; readonly values: ReadonlyMap<string, number> } | undefined;
  return {
    read(text, at) {
      const values = new Map<string, number>();
      const sums = new Sums();
      for (const sample of readSamples(text, (name) => WANTED.has(name))) {
        values.set(sample.series, sample.value);
        const last = before?.values.get(sample.series) ?? 0;
        const grown = sample.value >= last ? sample.value - last : sample.value;
        sums.add(sample, grown);
      }
      const delta = before && sums.finish((at - before.at) / 1000);
      before = { at, values };
      return { delta, gauges: sums.gauges() };
    },
  };
}

class Sums {
  #count = 0;
  #errors = 0;
  readonly #buckets: Buckets = new Map();
  readonly #tenants = new Map<string, TenantDelta>();
  readonly #gauges = new Map<string, number>();

  add({ name, labels, value }: Sample, grown: number): void {
    const bound = labels["le"] === "+Inf" ? Infinity : Number(labels["le"]);
    if (name === `${REQUESTS}_count`) {
      this.#count += grown;
      if (Number(labels["http_response_status_code"]) >= 500) this.#errors += grown;
    } else if (name === `${REQUESTS}_bucket`) addOne(this.#buckets, bound, grown);
    else if (name.startsWith(TENANTS)) this.#addTenant(name, labels, bound, grown);
    else if (name.startsWith(OUTCOMES)) {
      const tenant = this.#tenant(labels);
      tenant.outcomes += grown;
      if (isFailure(labels["rowhouse_outcome"] ?? "")) tenant.failures += grown;
    } else if (name !== CONNECTIONS || stateOf(labels) === "used") {
      if (name !== `${REQUESTS}_sum`) this.#gauges.set(name, (this.#gauges.get(name) ?? 0) + value);
    }
  }

  #addTenant(name: string, labels: Sample["labels"], bound: number, grown: number): void {
    const tenant = this.#tenant(labels);
    if (name.endsWith("_count")) tenant.count += grown;
    else if (name.endsWith("_sum")) tenant.seconds += grown;
    else addOne(tenant.buckets, bound, grown);
  }

  #tenant(labels: Sample["labels"]): TenantDelta {
    const name = labels["rowhouse_tenant"] ?? "";
    const found = this.#tenants.get(name) ?? createTenantDelta();
    this.#tenants.set(name, found);
    return found;
  }

  finish(seconds: number): Delta {
    const tenants = new Map<string, TenantDelta>();
    for (const [name, tenant] of this.#tenants) {
      // Most tenants had no request: they are left out.
      if (name === "" || tenant.count + tenant.outcomes === 0) continue;
      tenants.set(name, { ...tenant, buckets: fromCumulative(tenant.buckets) });
    }
    const buckets = fromCumulative(this.#buckets);
    return { seconds, count: this.#count, errors: this.#errors, buckets, tenants };
  }

  gauges(): Gauges {
    return {
      activeRequests: this.#gauges.get(ACTIVE),
      connectionsUsed: this.#gauges.get(CONNECTIONS),
      connectionsPending: this.#gauges.get(PENDING),
    };
  }
}

/**
 * Whether an outcome is one of the library's codes with a status from 500 on. The metric has no status, so an
 * application's own codes do not count: most of them, such as a key that was not found, are the client's.
 */
function isFailure(outcome: string): boolean {
  return Object.hasOwn(ERRORS, outcome) && ERRORS[outcome as ErrorCode].status >= 500;
}

/** Exporters write the attribute's whole name or its last part. */
function stateOf(labels: Sample["labels"]): string | undefined {
  return labels["db_client_connection_state"] ?? labels["state"];
}

/** Creates the delta of a tenant without a request. */
export function createTenantDelta(): TenantDelta {
  return { count: 0, seconds: 0, buckets: new Map(), outcomes: 0, failures: 0 };
}

function addOne(buckets: Buckets, bound: number, grown: number): void {
  if (!Number.isNaN(bound)) buckets.set(bound, (buckets.get(bound) ?? 0) + grown);
}
