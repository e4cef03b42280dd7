// What a tenancy allows at once, and of how much.

/** The bounds of a tenancy. */
export interface Limits {
  /** Requests in progress at once; one more is answered 503 OVERLOADED. */
  readonly inFlight: number;
  /** Requests of one tenant in progress at once; one more is answered 429 TENANT_BUSY. */
  readonly tenantInFlight: number;
  /** The largest request body, in bytes. */
  readonly bodyBytes: number;
  /** How long a request body may take to arrive, in milliseconds. */
  readonly bodyMs: number;
  /** The largest body of an answer, in bytes. */
  readonly responseBytes: number;
}

/** What holds where nothing else is said. */
export const LIMITS: Limits = {
  inFlight: 256,
  tenantInFlight: 64,
  bodyBytes: 131_072,
  bodyMs: 5000,
  responseBytes: 8_388_608,
};
