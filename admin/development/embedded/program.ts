// Runs one program to its end, as another user when asked. Programs get a fixed environment, so that the PG…
// variables of the caller's shell do not reach PostgreSQL.

import { execFile } from "node:child_process";

/** A user by numbers, in the form that node:child_process takes. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Runs `file` with `parameters`, without a shell, and resolves to its standard output.
 * The working folder is `/`, because the other user may not be able to enter the caller's.
 * @param user the user that runs it; undefined for the caller itself
 * @throws {Error} with the program's standard error output, when it ends with another status than 0
 */
export function runProgram(
  file: string,
  parameters: readonly string[],
  user?: ServerUser,
): Promise<string> {
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };
  return new Promise((resolve, reject) => {
    execFile(file, parameters, { cwd: "/", env, ...user }, (error, output, errorOutput) => {
      if (!error) return resolve(output);
      const reason = `${errorOutput}${output}`.trim() || error.message;
      reject(new Error(`Cannot run "${file}": ${reason}`, { cause: error }));
    });
  });
}
