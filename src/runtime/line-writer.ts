// Writes the log's lines to Node's standard output, those of a few milliseconds together: a write for each would cost more
// than the lines.

import { writeSync } from "node:fs";
import process from "node:process";

const FLUSH_MS = 5;

/**
 * Creates the function that `createLog` writes with on Node. It writes the last lines before the process exits.
 * @example
 * ```ts
 * import { createLog } from "rowhouse";
 * import { createLineWriter } from "rowhouse/node";
 *
 * export const log = createLog("warn", createLineWriter());
 * ```
 */
export function createLineWriter(): (line: string) => void {
  let pending = "";
  const flush = (): void => {
    const lines = pending;
    pending = "";
    process.stdout.write(lines);
  };
  process.stdout.on("error", () => {});
  process.on("exit", () => {
    try {
      if (pending !== "") writeSync(1, pending);
    } catch {
      // The reader of the lines has closed its end.
    }
  });
  return (line) => {
    if (pending === "") setTimeout(flush, FLUSH_MS);
    pending += line;
  };
}
