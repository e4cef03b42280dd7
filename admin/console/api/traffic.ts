// The traffic of the services.

/** A metrics endpoint. */
export interface ServiceState {
  readonly url: string;
  /** "waiting" before the first answer. */
  readonly state: "waiting" | "up" | "down";
  /** The reason why it is down. */
  readonly problem: string | null;
  /** The time of its last answer. */
  readonly at: string | null;
}

/** GET /api/traffic: the last hour. */
export interface Traffic {
  /** A point every `intervalMs`, the oldest first; empty without --service. */
  readonly points: readonly TrafficPoint[];
  readonly intervalMs: number;
  readonly services: readonly ServiceState[];
  readonly heaviest: readonly HeavyTenant[];
}

/** The work of all services since the previous point. */
export interface TrafficPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly requestsPerSecond: number;
  /** The part of the requests that ended with a status from 500 on, from 0 to 1. */
  readonly errorRate: number;
  /** Null without a request. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** Null when no service exports it. */
  readonly activeRequests: number | null;
  readonly connectionsUsed: number | null;
  readonly connectionsPending: number | null;
}

/** One of the ten tenants whose requests took the most time in the last minute. */
export interface HeavyTenant {
  /** The label of the metric: a schema name, or "other" for all tenants beyond the service's limit. */
  readonly tenant: string;
  readonly requestsPerSecond: number;
  /** The average number of its requests that ran at once: seconds of requests per second. */
  readonly load: number;
  /** The part whose outcome was one of the library's errors with a status from 500 on, from 0 to 1. */
  readonly errorRate: number;
  readonly p95Ms: number | null;
}
