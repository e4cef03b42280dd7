// PostgreSQL as Debian packages it: a server and the pg_dump that reads it, of one version. The server of the other
// tests has no pg_dump, and Debian's refuses a server that is newer.

import { access, chown, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram, type ServerUser } from "../../../admin/development/embedded/program.ts";
import { findServerUser } from "../../../admin/development/embedded/user.ts";
import { installPackage } from "./debian-package.ts";
import { findFreePort } from "../network/free-port.ts";
import { plant } from "../program/printed.ts";

const VERSIONS = "/usr/lib/postgresql";
const PASSWORD = plant("planted-password-of-debian-27c1");

/** A server on 127.0.0.1. Whoever started it stops it, which removes its data. */
export interface DebianPostgres {
  /** The superuser's. */
  readonly adminUrl: string;
  /** The folder of its programs. */
  readonly programs: string;
  stop(): Promise<void>;
}

/**
 * Starts a server. Root on Debian installs the package when it is missing.
 * Throws an Error with the line to type when it cannot be had.
 */
export async function startDebianPostgres(): Promise<DebianPostgres> {
  const programs = await findPrograms();
  const user = await findServerUser();
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-debian-"));
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, PASSWORD, { mode: 0o600 });
  if (user) for (const path of [folder, passwordFile]) await chown(path, user.uid, user.gid);
  const data = join(folder, "data");
  const run = (name: string, ...rest: readonly string[]): Promise<unknown> =>
    runProgram(join(programs, name), rest, user satisfies ServerUser | undefined);
  const form = ["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", "--no-instructions"];
  await run("initdb", ...form, "--username=postgres", `--pwfile=${passwordFile}`, "-D", data);
  const port = await findFreePort();
  const flags = `-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c port=${port} -c fsync=off`;
  const control = ["-D", data, "-w", "-s", "-l", join(folder, "log")];
  await run("pg_ctl", "start", ...control, "-o", flags);
  return {
    adminUrl: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`,
    programs,
    async stop() {
      await run("pg_ctl", "stop", "-m", "fast", "-D", data, "-w", "-s");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The newest version that has both the server and pg_dump. */
async function findPrograms(): Promise<string> {
  const found = await findNewest();
  if (found !== undefined) return found;
  await installPackage({ title: "PostgreSQL with pg_dump", name: "postgresql" });
  const installed = await findNewest();
  if (installed !== undefined) return installed;
  throw new Error(
    `Cannot find PostgreSQL with pg_dump in ${VERSIONS}\nType: apt-get install postgresql`,
  );
}

async function findNewest(): Promise<string | undefined> {
  const versions = await readdir(VERSIONS).catch(() => []);
  for (const version of versions.toSorted((a, b) => Number(b) - Number(a))) {
    const folder = join(VERSIONS, version, "bin");
    const programs = ["initdb", "pg_ctl", "pg_dump", "postgres"];
    const all = await Promise.all(programs.map((name) => isThere(join(folder, name))));
    if (all.every(Boolean)) return folder;
  }
  return undefined;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
