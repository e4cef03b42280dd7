// An embedded PostgreSQL server for development and tests, on 127.0.0.1 only. It runs in its own session: neither
// Ctrl-C nor the death of the process that started it ends it, and the next start on the same folder shares it.

import { readFile, rm, stat } from "node:fs/promises";
import { type Binaries, findBinaries } from "./binaries.ts";
import { type Cluster, openCluster } from "./cluster.ts";
import { openBinaries } from "./place.ts";
import { isPortFree, portInUse } from "./port.ts";
import { clearDeadServer, findPostmaster, killPostmaster, waitUntilReady } from "./postmaster.ts";
import { runProgram, type ServerUser } from "./program.ts";
import { findServerUser } from "./user.ts";

const TIMEOUT_SECONDS = 60;
const TIMEOUT_MS = TIMEOUT_SECONDS * 1000;

/** The options of {@link startEmbedded}. */
export interface EmbeddedOptions {
  /**
   * The cluster's folder, created when missing. Holds `data`, `postgres.log` and `admin-password`; the first two are
   * links when root works under a folder that PostgreSQL's user cannot enter.
   */
  readonly folder: string;
  /** The TCP port on 127.0.0.1, 1 to 65535. */
  readonly port: number;
  /** The environment variable that sets the port, for the message when it is in use. */
  readonly portVariable?: string;
  /** Server settings by name, such as `{ fsync: "off" }`; a server that already runs keeps its own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The programs to run; by default those that {@link findBinaries} finds. */
  readonly binaries?: Binaries;
}

/** A server that accepts connections. The caller that started it stops it. */
export interface EmbeddedServer {
  /** The superuser's connection string: `postgres://postgres:…@127.0.0.1:port/postgres`. */
  readonly adminUrl: string;
  /** The TCP port on 127.0.0.1. */
  readonly port: number;
  /** False when another process had started the server; both then share it. */
  readonly started: boolean;
  /** Shuts it down (open transactions are undone) and waits; does nothing when it has ended. */
  stop(): Promise<void>;
  /** Ends it with SIGKILL, as a crash would, and waits until its children have ended as well. */
  kill(): Promise<void>;
  /** Stops it and removes its folder with all data. */
  remove(): Promise<void>;
}

interface Context {
  readonly options: EmbeddedOptions;
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
  readonly cluster: Cluster;
}

/**
 * Starts the server of a folder, or shares the one that runs there, and waits until it accepts
 * connections. A server that runs on another port is stopped and started on the wanted port. The first
 * start creates the data (superuser `postgres`, random password), and later ones keep it.
 * @throws {AdminError} when another program uses the port
 * @throws {Error} with the end of the server's log, when the server does not start
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const user = await findServerUser();
  const binaries = await openBinaries(options.binaries ?? (await findBinaries()), user);
  const cluster = await openCluster(options.folder, binaries, user);
  const context: Context = { options, binaries, user, cluster };
  return toServer(context, await start(context));
}

/** Resolves to false when a server already ran. */
async function start(context: Context): Promise<boolean> {
  const { options, cluster } = context;
  const found = await findPostmaster(cluster.dataFolder);
  if (found?.status === "stopping") await stop(context);
  else if (found?.port === options.port) {
    await waitUntilReady(cluster.dataFolder, TIMEOUT_MS);
    return false;
  }
  await requireFreePort(options);
  await stop(context);
  await clearDeadServer(cluster.dataFolder, TIMEOUT_MS);
  const { size } = await stat(cluster.logFile);
  try {
    await control(context, ["start", "-l", cluster.logFile, "-o", toFlags(options)]);
    return true;
  } catch (error) {
    // When two processes start it at once, the slower one shares it.
    const winner = await findPostmaster(cluster.dataFolder);
    if (winner?.port !== options.port) throw await explain(error, context, size);
    await waitUntilReady(cluster.dataFolder, TIMEOUT_MS);
    return false;
  }
}

async function stop(context: Context): Promise<void> {
  const { dataFolder } = context.cluster;
  if (!(await findPostmaster(dataFolder))) return;
  try {
    await control(context, ["stop", "-m", "fast"]);
  } catch (error) {
    if (await findPostmaster(dataFolder)) throw error;
  }
}

async function control(context: Context, command: readonly string[]): Promise<void> {
  const { binaries, cluster, user } = context;
  const always = ["-D", cluster.dataFolder, "-w", "-t", String(TIMEOUT_SECONDS), "-s"];
  await runProgram(binaries.pgCtl, [...command, ...always], user);
}

async function requireFreePort({ port, portVariable }: EmbeddedOptions): Promise<void> {
  if (!(await isPortFree(port))) throw portInUse(port, portVariable);
}

/** pg_ctl passes the flags through a shell. */
function toFlags({ port, settings }: EmbeddedOptions): string {
  const all = {
    ...settings,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    port: String(port),
  };
  const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  return Object.entries(all)
    .map(([name, value]) => `-c ${quote(`${name}=${value}`)}`)
    .join(" ");
}

async function explain(error: unknown, context: Context, logOffset: number): Promise<Error> {
  const { options, cluster } = context;
  if (!(await isPortFree(options.port))) {
    return portInUse(options.port, options.portVariable);
  }
  const log = (await readFile(cluster.logFile)).subarray(logOffset).toString().trim();
  const reason = log || String(error);
  return new Error(`Cannot start PostgreSQL: its log "${cluster.logFile}" says\n${reason}`, {
    cause: error,
  });
}

function toServer(context: Context, started: boolean): EmbeddedServer {
  const { options, cluster } = context;
  return {
    adminUrl: `postgres://postgres:${cluster.password}@127.0.0.1:${options.port}/postgres`,
    port: options.port,
    started,
    stop: () => stop(context),
    kill: () => killPostmaster(cluster.dataFolder, TIMEOUT_MS),
    remove: async () => {
      await stop(context);
      await rm(cluster.home, { recursive: true, force: true });
      await rm(options.folder, { recursive: true, force: true });
    },
  };
}
