// The limits of a tenancy and their defaults.

/** The limits of a tenancy. */
export interface Limits {
  /** The most requests in progress at once; the tenancy answers one more with 503 OVERLOADED. */
  readonly inFlight: number;
  /** The most requests of one tenant in progress at once; the tenancy answers one more with 429 TENANT_BUSY. */
  readonly tenantInFlight: number;
  /** The largest request body, in bytes. */
  readonly bodyBytes: number;
  /** How long a request body may take to arrive, in milliseconds. */
  readonly bodyMs: number;
  /** The largest body of an answer, in bytes. */
  readonly responseBytes: number;
}

/** The default limits. */
export const LIMITS: Limits = {
  inFlight: 256,
  tenantInFlight: 64,
  bodyBytes: 131_072,
  bodyMs: 5000,
  responseBytes: 8_388_608,
};
