// Telemetry must never change what becomes of a request: an SDK, a propagator or a processor that throws
// costs a span or a measurement, and no answer and no place among the requests in flight.

/** Does it, and gives undefined when that throws. */
export function harmless<T>(tell: () => T): T | undefined {
  try {
    return tell();
  } catch {
    return undefined;
  }
}
