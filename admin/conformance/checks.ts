// Every check of a transaction pooler, in order.

import type { Check } from "./check.ts";
import { FULL_CHECKS } from "./full-checks.ts";
import { MESSAGE_CHECKS } from "./message-checks.ts";
import { PIPELINE_CHECKS } from "./pipeline-checks.ts";
import { TRANSACTION_CHECKS } from "./transaction-checks.ts";

/** The checks, in the order in which they run. */
export const CHECKS: readonly Check[] = [
  ...MESSAGE_CHECKS,
  ...PIPELINE_CHECKS,
  ...TRANSACTION_CHECKS,
  ...FULL_CHECKS,
];
