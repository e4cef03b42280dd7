// Everything that a transaction pooler is tried with, in order.

import type { Check } from "./check.ts";
import { FULL_CHECKS } from "./full-checks.ts";
import { MESSAGE_CHECKS } from "./message-checks.ts";
import { PIPELINE_CHECKS } from "./pipeline-checks.ts";
import { TRANSACTION_CHECKS } from "./transaction-checks.ts";

/** See the top of the file. */
export const CHECKS: readonly Check[] = [
  ...MESSAGE_CHECKS,
  ...PIPELINE_CHECKS,
  ...TRANSACTION_CHECKS,
  ...FULL_CHECKS,
];
