// What an application hands to a runtime's `start`.

import type { ServiceOptions } from "../config.ts";
import type { Parts, Tenancy } from "../http/tenancy.ts";

/** Makes the application of what the runtime gives it, as `createTenancy` takes it. */
export type Build = (parts: Parts) => Tenancy;

/** The parts that the environment's options stand for. */
export function partsOf(
  { limits, trustProxy }: ServiceOptions,
  { log, telemetry }: Pick<Parts, "log" | "telemetry">,
): Parts {
  return { log, telemetry, limits, trustProxy };
}
