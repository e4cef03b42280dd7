// The database cluster of one folder: its data folder, its log and its superuser's password.
// A data folder appears whole or not at all: initdb writes beside it, and a rename puts it in place.

import { randomBytes } from "node:crypto";
import {
  chown,
  link,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import type { Binaries } from "./binaries.ts";
import { exists, moveOnce, openHome } from "./place.ts";
import { runProgram, type ServerUser } from "./program.ts";

const MAKING = "making-";
const ABANDONED_AFTER_MS = 10 * 60 * 1000;

/** A cluster on disk, whether a server runs on it or not. Its paths do not contain symbolic links. */
export interface Cluster {
  readonly dataFolder: string;
  /** The folder of `data` and `postgres.log`: the cluster's folder, or its private place. */
  readonly home: string;
  readonly logFile: string;
  /** The password of the superuser `postgres`: letters and digits. */
  readonly password: string;
}

/**
 * Opens the cluster of `folder`, and creates it (UTF8, locale C, scram-sha-256) when it is missing.
 * @param folder created with its parents when missing
 * @param user the owner of the data; undefined for the caller itself
 * @throws {Error} when the data belongs to another user, when its password file is gone, or when
 *   initdb fails
 */
export async function openCluster(
  folder: string,
  binaries: Binaries,
  user: ServerUser | undefined,
): Promise<Cluster> {
  await mkdir(folder, { recursive: true });
  const base = await realpath(folder);
  await ignore(base);
  const home = await openHome(base, user);
  const data = join(home, "data");
  const passwordFile = join(base, "admin-password");
  if (!(await exists(data))) {
    await makePassword(passwordFile);
    await makeData(data, await readPassword(passwordFile), binaries, user);
  }
  const dataFolder = await realpath(data);
  await requireOwner(dataFolder, user);
  const logFile = join(home, "postgres.log");
  await makeLog(logFile, user);
  return { dataFolder, home, logFile, password: await readPassword(passwordFile) };
}

/** Keeps the folder, with its password, out of the repository that it stands in. */
async function ignore(folder: string): Promise<void> {
  const file = join(folder, ".gitignore");
  if (!(await exists(file))) await writeFile(file, "*\n");
}

async function makeData(
  data: string,
  password: string,
  binaries: Binaries,
  user: ServerUser | undefined,
): Promise<void> {
  const home = join(data, "..");
  await removeAbandoned(home);
  const making = await mkdtemp(join(home, MAKING));
  try {
    const passwordFile = join(making, "password");
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (user) {
      await chown(passwordFile, user.uid, user.gid);
      await chown(making, user.uid, user.gid);
    }
    const form = ["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", "--no-instructions"];
    const superuser = ["--username=postgres", `--pwfile=${passwordFile}`];
    const made = join(making, "data");
    await runProgram(binaries.initdb, [...form, ...superuser, `--pgdata=${made}`], user);
    await removeDeadLink(data);
    await moveOnce(made, data);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

async function removeDeadLink(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSymbolicLink() && !(await exists(path))) await rm(path, { force: true });
}

/** Removes what an interrupted initdb left, and leaves alone what another process is making now. */
async function removeAbandoned(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!name.startsWith(MAKING)) continue;
    const path = join(home, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs < ABANDONED_AFTER_MS) continue;
    await rm(path, { recursive: true, force: true });
  }
}

/** Only one of several processes creates the file, and writes it completely; a link never replaces a file. */
async function makePassword(file: string): Promise<void> {
  const draft = `${file}-${randomBytes(6).toString("hex")}`;
  await writeFile(draft, randomBytes(24).toString("hex"), { mode: 0o600, flush: true });
  try {
    await link(draft, file);
  } catch (error) {
    if (!(await exists(file))) throw error;
  } finally {
    await rm(draft);
  }
}

async function readPassword(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (cause) {
    throw new Error(
      `Cannot read the password of PostgreSQL's superuser from "${file}"; ` +
        "remove the folder data beside it to start afresh",
      { cause },
    );
  }
}

async function requireOwner(dataFolder: string, user: ServerUser | undefined): Promise<void> {
  const uid = user?.uid ?? process.getuid?.();
  const found = await stat(dataFolder);
  if (uid === undefined || found.uid === uid) return;
  throw new Error(
    `Cannot use "${dataFolder}": it belongs to user ${found.uid}, and PostgreSQL runs as ${uid}; ` +
      "start as the user that owns it, or remove that folder to start afresh",
  );
}

/** pg_ctl opens the log as the server's user, which may not create files beside it. */
async function makeLog(file: string, user: ServerUser | undefined): Promise<void> {
  const log = await open(file, "a", 0o600);
  try {
    if (user) await log.chown(user.uid, user.gid);
  } finally {
    await log.close();
  }
}
