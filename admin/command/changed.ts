// What the verbs that change a tenant's row tell.

import { type ChangedTenant, WAIT_MS } from "../lifecycle/status.ts";
import type { Report } from "./verb.ts";

/** @param done such as "Suspended" */
export function reportChange(done: string, changed: ChangedTenant): Report {
  const { schemaName, status, statementTimeoutMs, stillRunning } = changed;
  const lines = [
    `${done} tenant "${schemaName}": ${status}, statement timeout ${statementTimeoutMs} ms`,
  ];
  if (stillRunning > 0) {
    lines.push(
      `After ${WAIT_MS / 1000} s, ${stillRunning} transactions that began before were still running; ` +
        "whatever begins now is under the new rule",
    );
  }
  return { lines, json: changed, status: stillRunning > 0 ? 3 : 0 };
}
