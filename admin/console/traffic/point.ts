// Sums what several services did into a point of the page's charts, and finds the heaviest tenants.

import type { HeavyTenant, TrafficPoint } from "../api.ts";
import { addBuckets, type Buckets, quantile } from "./buckets.ts";
import { createTenantDelta, type Delta, type Gauges, type TenantDelta } from "./delta.ts";

const MOST_HEAVY = 10;

/**
 * Computes the point.
 * @param at milliseconds since 1970
 * @param deltas one of each service that answered
 */
export function makePoint(
  at: number,
  deltas: readonly Delta[],
  gauges: readonly Gauges[],
): TrafficPoint {
  const rate = (count: (delta: Delta) => number): number =>
    deltas.reduce((sum, delta) => sum + count(delta) / delta.seconds, 0);
  const buckets: Buckets = new Map();
  for (const delta of deltas) addBuckets(buckets, delta.buckets);
  const requestsPerSecond = rate(({ count }) => count);
  return {
    at,
    requestsPerSecond,
    errorRate: requestsPerSecond > 0 ? rate(({ errors }) => errors) / requestsPerSecond : 0,
    p50Ms: quantileMs(buckets, 0.5),
    p95Ms: quantileMs(buckets, 0.95),
    p99Ms: quantileMs(buckets, 0.99),
    activeRequests: sum(gauges.map(({ activeRequests }) => activeRequests)),
    connectionsUsed: sum(gauges.map(({ connectionsUsed }) => connectionsUsed)),
    connectionsPending: sum(gauges.map(({ connectionsPending }) => connectionsPending)),
  };
}

/**
 * Finds the tenants whose requests took the most time.
 * @param deltas of all services, over the whole time
 * @param seconds the length of that time
 */
export function findHeaviest(
  deltas: readonly Pick<Delta, "tenants">[],
  seconds: number,
): readonly HeavyTenant[] {
  const sums = new Map<string, TenantDelta>();
  for (const { tenants } of deltas) {
    for (const [name, tenant] of tenants) {
      const sum = sums.get(name) ?? createTenantDelta();
      sum.count += tenant.count;
      sum.seconds += tenant.seconds;
      sum.outcomes += tenant.outcomes;
      sum.failures += tenant.failures;
      addBuckets(sum.buckets, tenant.buckets);
      sums.set(name, sum);
    }
  }
  return [...sums]
    .toSorted(([, a], [, b]) => b.seconds - a.seconds || b.count - a.count)
    .slice(0, MOST_HEAVY)
    .map(([tenant, { count, seconds: busy, buckets, outcomes, failures }]) => ({
      tenant,
      requestsPerSecond: count / seconds,
      load: busy / seconds,
      errorRate: outcomes > 0 ? failures / outcomes : 0,
      p95Ms: quantileMs(buckets, 0.95),
    }));
}

function quantileMs(buckets: Buckets, part: number): number | null {
  const seconds = quantile(buckets, part);
  return seconds === undefined ? null : seconds * 1000;
}

function sum(values: readonly (number | undefined)[]): number | null {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}
