// What the services do.

/** A metrics endpoint. */
export interface ServiceState {
  readonly url: string;
  /** "waiting" before the first answer. */
  readonly state: "waiting" | "up" | "down";
  /** Why it is down. */
  readonly problem: string | null;
  /** When it last answered. */
  readonly at: string | null;
}

/** GET /api/traffic: the last hour. */
export interface Traffic {
  /** One every `intervalMs`, the oldest first; empty without --service. */
  readonly points: readonly TrafficPoint[];
  readonly intervalMs: number;
  readonly services: readonly ServiceState[];
  readonly heaviest: readonly HeavyTenant[];
}

/** What all services did since the point before. */
export interface TrafficPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly requestsPerSecond: number;
  /** The part of the requests that ended with a status from 500 on, from 0 to 1. */
  readonly errorRate: number;
  /** Null when there were no requests. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** Null where no service tells. */
  readonly activeRequests: number | null;
  readonly connectionsUsed: number | null;
  readonly connectionsPending: number | null;
}

/** One of the ten tenants with the most time of requests in the last minute. */
export interface HeavyTenant {
  /** The metric's own label: a schema name, or "other" for all beyond the service's bound. */
  readonly tenant: string;
  readonly requestsPerSecond: number;
  /** How many of its requests ran at once on average: seconds of requests per second. */
  readonly load: number;
  /** The part whose outcome was one of the library's errors with a status from 500 on, from 0 to 1. */
  readonly errorRate: number;
  readonly p95Ms: number | null;
}
