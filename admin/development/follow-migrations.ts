// Migrates the tenants of development when a migration is added. `migrate` runs as a program of its own, so that it reads
// every file as it is now.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { isSkeleton } from "../migrations/new-migration.ts";
import { watchFiles } from "./watch-files.ts";

const MIGRATE = fileURLToPath(new URL("../migrate.js", import.meta.url));
const IS_MIGRATION = /\.(?:sql|[cm]?[jt]s)$/;

/** The folder to follow, and how to migrate. */
export interface Followed {
  readonly folder: string;
  /** The admin role's URL of the database. */
  readonly adminUrl: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A folder that is followed. */
export interface Following {
  /** Migrates now, after a run that has begun. Resolves when it has ended; a failure is printed. */
  migrate(): Promise<void>;
  /** Ends it, after a run that has begun. */
  close(): Promise<void>;
}

/** Follows a folder of migrations until it is closed. */
export function followMigrations(followed: Followed): Following {
  let last: Promise<void> = Promise.resolve();
  const migrate = (): Promise<void> => (last = last.then(() => runMigrate(followed)));
  const { folder } = followed;
  const watching = watchFiles(
    { folder, files: IS_MIGRATION },
    () => void migrate(),
    (reason) => {
      process.stderr.write(`Cannot watch "${folder}": ${reason}; start again to migrate\n`);
    },
  );
  return {
    migrate,
    async close() {
      watching.close();
      await last;
    },
  };
}

async function runMigrate({ folder, adminUrl, env }: Followed): Promise<void> {
  const unwritten = await findUnwritten(folder);
  if (unwritten !== undefined) {
    process.stdout.write(`${unwritten} waits: the tenants are migrated when it is written\n`);
    return;
  }
  const { ADMIN_DATABASE_URL_FILE: _, ...others } = env;
  const child = spawn(process.execPath, [MIGRATE], {
    env: { ...others, ADMIN_DATABASE_URL: adminUrl },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [status] = (await once(child, "close")) as [number | null];
  if (status !== 0) {
    process.stdout.write(
      "The tenants keep their version: correct the migration, or start with --reset, which deletes the data\n",
    );
  }
}

/** An empty file would count as applied, and its text as an edit; the skeleton of one would fail. */
async function findUnwritten(folder: string): Promise<string | undefined> {
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  for (const file of files.filter((name) => IS_MIGRATION.test(name))) {
    const text = await readFile(join(folder, file), "utf8").catch(() => undefined);
    if (text === "" || (text !== undefined && isSkeleton(text))) return file;
  }
  return undefined;
}
