// The PostgreSQL of an application's tests: the one that the environment names, or an embedded one in the project's
// folder, which all processes of a test run share. The last process that ends stops it.

import { realpath } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import process from "node:process";
import type pg from "pg";
import { findPostmaster } from "../development/embedded/postmaster.ts";
import { startEmbedded } from "../development/embedded/server.ts";
import { openClient } from "../registry/connection/client.ts";

const FOLDER = ".rowhouse/testing";
const MOST_ATTEMPTS = 20;
// A test's data may be lost when the machine fails.
const SETTINGS = {
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "off",
  max_connections: "200",
};
const USERS = "hashtext('rowhouse'), hashtext('testing')";

/** A server for tests. */
export interface TestServer {
  /** The URL of a role that may create databases and roles. */
  readonly url: string;
  /** A connection that stays open until `close`: the locks of this process. */
  readonly keeper: pg.Client;
  /** Ends the connection, and stops an embedded server that no other process uses. */
  close(): Promise<void>;
}

/**
 * Opens the server.
 * @param url of a server that runs; an embedded server when it is undefined
 */
export async function openTestServer(url: string | undefined): Promise<TestServer> {
  if (url === undefined) return openEmbedded(resolve(process.cwd(), FOLDER), 1);
  const keeper = await openClient({ url });
  return { url, keeper, close: () => keeper.end() };
}

async function openEmbedded(folder: string, attempt: number): Promise<TestServer> {
  const port = (await findPort(folder)) ?? (await findFreePort());
  try {
    const server = await startEmbedded({ folder, port, settings: SETTINGS });
    const keeper = await openClient({ url: server.adminUrl });
    await keeper.query(`select pg_advisory_lock_shared(${USERS})`);
    return {
      url: server.adminUrl,
      keeper,
      async close() {
        await keeper.query(`select pg_advisory_unlock_shared(${USERS})`);
        const text = `select pg_try_advisory_lock(${USERS}) as is_last`;
        const { rows } = await keeper.query<{ is_last: boolean }>(text);
        if (rows[0]?.is_last) await server.stop();
        await keeper.end().catch(() => {});
      },
    };
  } catch (error) {
    // Another process has stopped the server at this moment, or took the port.
    if (attempt === MOST_ATTEMPTS) throw error;
    return openEmbedded(folder, attempt + 1);
  }
}

async function findPort(folder: string): Promise<number | undefined> {
  const data = await realpath(join(folder, "data")).catch(() => undefined);
  return data === undefined ? undefined : (await findPostmaster(data))?.port;
}

function findFreePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });
}
