// The user of the operating system that runs the server. PostgreSQL and PgBouncer refuse root, so root starts them
// as user `postgres`; every other user starts them as itself.

import process from "node:process";
import { runProgram, type ServerUser } from "./program.ts";

/**
 * Finds the user that runs a server: undefined for the caller itself, which is every caller except root.
 * For root it is user `postgres`, created as a system user without a home when it is missing.
 */
export async function findServerUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  try {
    return await readUser();
  } catch {
    await runProgram("groupadd", ["--system", "--force", "postgres"]);
    const account = ["--no-create-home", "--home-dir", "/nonexistent"];
    const shell = ["--shell", "/usr/sbin/nologin"];
    await runProgram("useradd", [
      "--system",
      "--gid",
      "postgres",
      ...account,
      ...shell,
      "postgres",
    ]);
    return readUser();
  }
}

async function readUser(): Promise<ServerUser> {
  const uid = Number(await runProgram("id", ["-u", "postgres"]));
  const gid = Number(await runProgram("id", ["-g", "postgres"]));
  return { uid, gid };
}
