// Parses the option --canary: `10`, or `5%`.

import type { Canary } from "./plan.ts";
import { UsageError } from "../command/usage-error.ts";

/**
 * Parses the size of a canary.
 * @throws {UsageError} when it is neither a number of tenants nor a part of them
 */
export function parseCanary(text: string): Canary {
  const [, digits = "", percent] = /^(\d{1,6})(%?)$/.exec(text) ?? [];
  const number = Number(digits);
  if (digits === "" || number < 1 || (percent === "%" && number > 100)) {
    throw new UsageError(
      `--canary ${JSON.stringify(text)} must be a number of tenants, as in 10, or a part of them, as in 5%`,
    );
  }
  return percent === "%" ? { percent: number } : { count: number };
}
