// The server's files when its user is not the caller: root may work under a folder that user `postgres` cannot
// enter. Then the programs are copied to a place under /var/tmp that only root can change, and the data lies there.
// The permissions of existing folders never change.

import { createHash, randomUUID } from "node:crypto";
import type { Stats } from "node:fs";
import {
  chmod,
  chown,
  cp,
  lchown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Binaries } from "./binaries.ts";
import type { ServerUser } from "./program.ts";

const PLACES = "/var/tmp";
const OWNER_ALL_GROUP_ENTER = 0o710;

/**
 * Returns the folder in which the server's `data` and `postgres.log` lie: `folder` itself, or a
 * private place when `user` cannot enter `folder`, with links in `folder` that lead there.
 * @param folder an existing folder, absolute and without symbolic links
 * @throws {Error} when the place belongs to another user, or `folder` already holds data
 */
export async function openHome(folder: string, user: ServerUser | undefined): Promise<string> {
  if (!user || (await isReachable(folder, user))) return folder;
  const place = await openPlace(folder, user);
  await link(join(folder, "data"), join(place, "data"));
  await link(join(folder, "postgres.log"), join(place, "postgres.log"));
  return place;
}

/**
 * Returns binaries that `user` can run: the given ones, or a copy in a private place, which is made once.
 * @throws {Error} when the place belongs to another user
 */
export async function openBinaries(
  binaries: Binaries,
  user: ServerUser | undefined,
): Promise<Binaries> {
  const { initdb, pgCtl, postgres, version } = binaries;
  if (!user || (await isReachable(postgres, user))) return binaries;
  const place = await openPlace(binaries.tree, user);
  const tree = join(place, `native-${version}`);
  if (!(await exists(tree))) await copyTree(binaries.tree, tree, user);
  const inCopy = (file: string): string => join(tree, "bin", basename(file));
  return {
    initdb: inCopy(initdb),
    pgCtl: inCopy(pgCtl),
    postgres: inCopy(postgres),
    tree,
    version,
  };
}

/** Moves `from` to `to` unless another process was faster; `from` is gone in both cases. */
export async function moveOnce(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    await rm(from, { recursive: true, force: true });
    if (!(await exists(to))) throw error;
  }
}

/** Whether `path` exists; a broken link does not count. */
export function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Whether `user` may enter every folder above `path`, and use `path` itself. */
async function isReachable(path: string, user: ServerUser): Promise<boolean> {
  let current = await realpath(path);
  for (;;) {
    if (!mayEnter(await stat(current), user)) return false;
    const above = dirname(current);
    if (above === current) return true;
    current = above;
  }
}

function mayEnter({ mode, uid, gid }: Stats, user: ServerUser): boolean {
  if (uid === user.uid) return (mode & 0o100) !== 0;
  return (mode & (gid === user.gid ? 0o010 : 0o001)) !== 0;
}

/**
 * The names in /var/tmp can be guessed, so an existing folder is trusted only when root owns it: in a
 * folder with the sticky bit, other users cannot have replaced it.
 */
async function openPlace(forPath: string, user: ServerUser): Promise<string> {
  const hash = createHash("sha256").update(forPath).digest("hex").slice(0, 16);
  const place = join(PLACES, `rowhouse-${hash}`);
  await mkdir(place, { mode: 0o700 }).catch((error: unknown) => {
    if (Object(error)["code"] !== "EEXIST") throw error;
  });
  const found = await lstat(place);
  if (!found.isDirectory() || found.uid !== 0 || (found.mode & 0o022) !== 0) {
    throw new Error(
      `Cannot keep PostgreSQL's files: "${place}" is not a folder that only root can change`,
    );
  }
  await chown(place, 0, user.gid);
  await chmod(place, OWNER_ALL_GROUP_ENTER);
  return place;
}

async function copyTree(from: string, to: string, user: ServerUser): Promise<void> {
  const copy = await mkdtemp(`${to}-`);
  await cp(from, copy, { recursive: true, verbatimSymlinks: true });
  for (const name of await readdir(copy, { recursive: true })) {
    await lchown(join(copy, name), user.uid, user.gid);
  }
  await lchown(copy, user.uid, user.gid);
  await moveOnce(copy, to);
}

async function link(path: string, target: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isDirectory()) {
    throw new Error(
      `Cannot use "${path}": PostgreSQL's user cannot enter the folders above it; ` +
        "move the project to a folder that others may enter, or remove that folder to start afresh",
    );
  }
  if (found?.isSymbolicLink() && (await readlink(path)) === target) return;
  const draft = `${path}-${randomUUID()}`;
  await symlink(target, draft);
  await rename(draft, path);
}
