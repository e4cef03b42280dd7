// A verb, run as its user runs it.

import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** What a verb printed, and its exit status. */
export interface VerbResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `node admin/<name>.js` with the admin role's URL. */
export function runVerb(
  adminUrl: string,
  name: string,
  ...parameters: readonly string[]
): Promise<VerbResult> {
  const file = fileURLToPath(new URL(`../../admin/${name}.js`, import.meta.url));
  const env = {
    PATH: process.env["PATH"],
    NODE_V8_COVERAGE: process.env["NODE_V8_COVERAGE"],
    ADMIN_DATABASE_URL: adminUrl,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...parameters], { env }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ status, stdout, stderr });
    });
  });
}
