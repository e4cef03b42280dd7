// One server with one initialised database for the wide tenants.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startEmbedded } from "../../../admin/development/embedded/server.ts";
import { initialiseDatabase } from "../../support/server/admin.ts";
import { runCommands } from "../../support/server/commands.ts";
import { findFreePort } from "../../support/network/free-port.ts";

/** The database. Whoever opened it closes it. */
export interface WideStage {
  readonly url: string;
  readonly postmaster: number;
  /** Has PostgreSQL take stock of its catalogs, as autovacuum would in time. */
  analyze(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a server with its defaults, but for the room for locks that `doctor` asks for.
 * @param folder of the server
 */
export async function openWideStage(folder: string): Promise<WideStage> {
  const settings = { max_locks_per_transaction: "256" };
  const server = await startEmbedded({ folder, port: await findFreePort(), settings });
  const url = new URL(server.adminUrl);
  url.pathname = "/wide";
  await runCommands(server.adminUrl, ["create database wide"]);
  await initialiseDatabase(url.href);
  const pidFile = await readFile(join(folder, "data", "postmaster.pid"), "utf8");
  return {
    url: url.href,
    postmaster: Number(pidFile.split("\n")[0]),
    async analyze() {
      const names = await runCommands<{ name: string }>(url.href, [
        "select oid::regclass::text as name from pg_class where relnamespace = 'pg_catalog'::regnamespace and relkind = 'r'",
      ]);
      await runCommands(
        url.href,
        [...names.map(({ name }) => name), "rowhouse.tenant", "rowhouse.domain"].map(
          (name) => `vacuum (analyze) ${name}`,
        ),
      );
    },
    // Its folder goes with the run; an orderly end would write a million files first.
    close: () => server.kill(),
  };
}
