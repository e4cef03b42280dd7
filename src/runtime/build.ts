// The function that an application passes to a runtime's `start`.

import type { ServiceOptions } from "../config.ts";
import type { Parts, Tenancy } from "../http/tenancy.ts";

/** Builds the application from the parts that the runtime passes; they are options of `createTenancy`. */
export type Build = (parts: Parts) => Tenancy;

/** The parts of an application by the options of the environment. */
export function partsOf(
  { limits, trustProxy }: ServiceOptions,
  { log, telemetry }: Pick<Parts, "log" | "telemetry">,
): Parts {
  return { log, telemetry, limits, trustProxy };
}
