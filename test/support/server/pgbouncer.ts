// A real PgBouncer in transaction mode on a free port of 127.0.0.1, in front of any server.
// Clients and servers authenticate with SCRAM, from one list of users.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { chown, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Client } from "pg";
import { findServerUser } from "../../../admin/development/embedded/user.ts";
import { SERVICE_ROLE } from "./cluster.ts";
import { findFreePort } from "../network/free-port.ts";
import { findPackagedProgram, PGBOUNCER } from "./debian-package.ts";
import { quickSecret } from "./quick-logins.ts";

const CONSOLE_USER = "pgbouncer_console";
const START_TIMEOUT_MS = 15_000;
const POLL_MS = 20;

/** What {@link startPgBouncer} needs to know. */
export interface PgBouncerOptions {
  /** The TCP port of the PostgreSQL server behind it. */
  readonly serverPort: number;
  /** The host of that server, 127.0.0.1 when left out. */
  readonly serverHost?: string;
  /** The password of every user who may connect, by name: the same here and at the server. */
  readonly users: Readonly<Record<string, string>>;
  /** Server connections per user and database, 1 or more. */
  readonly poolSize: number;
  /** Its port, for a second process beside the first (`so_reuseport`); a free one when left out. */
  readonly port?: number;
  /** Further settings of its `[pgbouncer]` section by name; they win over the usual ones. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A PgBouncer that takes connections. Whoever started it stops it. */
export interface PgBouncer {
  /** The TCP port on 127.0.0.1. */
  readonly port: number;
  /** The process's number, for signals. */
  readonly pid: number;
  /** A connection string through it. Throws an Error for a user it was not given. */
  url(user: string, database: string): string;
  /** Runs a command such as `SHOW POOLS` in its admin database and returns the rows. */
  console(command: string): Promise<Record<string, unknown>[]>;
  /** Ends it at once with SIGTERM, and removes its files; does nothing when it has ended. */
  stop(): Promise<void>;
  /** The same with SIGKILL, as a crash would. */
  kill(): Promise<void>;
}

/**
 * Starts PgBouncer and waits until it answers. Every database name leads to the server behind it,
 * which need not run yet.
 * Throws an Error with PgBouncer's log when it does not start.
 */
export async function startPgBouncer(options: PgBouncerOptions): Promise<PgBouncer> {
  const program = await findPackagedProgram(PGBOUNCER);
  const user = await findServerUser();
  const port = options.port ?? (await findFreePort());
  const users: Readonly<Record<string, string>> = {
    ...options.users,
    [CONSOLE_USER]: randomBytes(16).toString("hex"),
  };
  const folder = await mkdtemp(join(tmpdir(), "pgbouncer-"));
  const configFile = await writeConfig(folder, port, users, options);
  if (user) {
    for (const path of [folder, configFile, join(folder, "users.txt")]) {
      await chown(path, user.uid, user.gid);
    }
  }

  const log = openSync(join(folder, "log"), "a", 0o600);
  const stdio = ["ignore" as const, log, log];
  const child = spawn(program, [configFile], { cwd: "/", env: {}, stdio, ...user });
  closeSync(log);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    await endProcess(child, signal);
    await rm(folder, { recursive: true, force: true });
  };
  const url = (name: string, database: string): string => {
    const password = users[name];
    if (password === undefined) throw new Error(`Cannot name a URL: no user is called "${name}"`);
    const login = `${encodeURIComponent(name)}:${encodeURIComponent(password)}`;
    return `postgres://${login}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  };
  const console = (command: string): Promise<Record<string, unknown>[]> =>
    runCommand(url(CONSOLE_USER, "pgbouncer"), command);

  try {
    await waitUntilAnswering(child, () => console("SHOW VERSION"));
  } catch (cause) {
    const said = await readFile(join(folder, "log"), "utf8");
    await end("SIGKILL");
    throw new Error(`Cannot start PgBouncer: its log says\n${said.trim()}`, { cause });
  }
  const stop = (): Promise<void> => end("SIGTERM");
  const kill = (): Promise<void> => end("SIGKILL");
  return { port, pid: child.pid ?? 0, url, console, stop, kill };
}

/** Returns the path of the configuration. */
async function writeConfig(
  folder: string,
  port: number,
  users: Readonly<Record<string, string>>,
  options: PgBouncerOptions,
): Promise<string> {
  const settings: Readonly<Record<string, string>> = {
    listen_addr: "127.0.0.1",
    listen_port: String(port),
    unix_socket_dir: "",
    auth_type: "scram-sha-256",
    auth_file: join(folder, "users.txt"),
    admin_users: CONSOLE_USER,
    pool_mode: "transaction",
    default_pool_size: String(options.poolSize),
    max_client_conn: "2000",
    ...options.settings,
  };
  const { serverHost = "127.0.0.1", serverPort } = options;
  const file = join(folder, "pgbouncer.ini");
  const lines = [
    "[databases]",
    `* = host=${serverHost} port=${serverPort}`,
    "[pgbouncer]",
    ...Object.entries(settings).map(([name, value]) => `${name} = ${value}`),
  ];
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const list = Object.entries(users).map(([name, password]) => {
    const isQuick = [CONSOLE_USER, SERVICE_ROLE].includes(name);
    return `${quote(name)} ${quote(isQuick ? quickSecret(password) : password)}`;
  });
  await writeFile(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  await writeFile(join(folder, "users.txt"), `${list.join("\n")}\n`, { mode: 0o600 });
  return file;
}

async function runCommand(url: string, command: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {}); // a lost connection rejects the query as well
  try {
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(command);
    return rows;
  } finally {
    await client.end().catch(() => {});
  }
}

async function waitUntilAnswering(child: ChildProcess, ask: () => Promise<unknown>): Promise<void> {
  let failure: unknown;
  child.once("error", (error) => (failure = error));
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (failure ?? (hasEnded(child) || Date.now() > deadline)) throw failure ?? error;
      await setTimeout(POLL_MS);
    }
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}
