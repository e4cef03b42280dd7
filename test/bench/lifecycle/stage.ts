// Two initialised databases on one server: one for the verbs, one for the floor.

import { randomUUID } from "node:crypto";
import { type Registry, withRegistry } from "../../../admin/registry/registry.ts";
import { runCommands } from "../../support/server/commands.ts";
import { initialiseDatabase } from "../../support/server/admin.ts";
import { startTestServer } from "../../support/server/embedded.ts";
import { findFreePort } from "../../support/network/free-port.ts";
import { makeFolder } from "../../support/program/run.ts";

/** The databases. Whoever opened them closes them. */
export interface LifecycleStage {
  readonly productUrl: string;
  readonly floorUrl: string;
  /** Runs `work` on the floor's registry, with the same migrations. */
  withFloorRegistry<T>(work: (registry: Registry) => Promise<T>): Promise<T>;
  /** Has PostgreSQL take stock, as autovacuum would in time. */
  analyze(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the server with its defaults: what is committed is on disk. */
export async function openLifecycleStage(migrations: string): Promise<LifecycleStage> {
  const folder = makeFolder("server-");
  const server = await startTestServer({ folder, port: await findFreePort() });
  const urlOf = (name: string): string => {
    const url = new URL(server.adminUrl);
    url.pathname = `/${name}`;
    return url.href;
  };
  const urls = { product: urlOf("product"), floor: urlOf("floor") };
  await runCommands(server.adminUrl, ["create database product", "create database floor"]);
  for (const [name, url] of Object.entries(urls)) {
    const serviceRole = `${name}_${randomUUID().slice(0, 8)}`;
    await initialiseDatabase(url, { serviceRole });
  }
  return {
    productUrl: urls.product,
    floorUrl: urls.floor,
    withFloorRegistry: (work) => withRegistry(urls.floor, work, migrations),
    async analyze() {
      for (const url of Object.values(urls)) await runCommands(url, ["analyze"]);
    },
    close: () => server.remove(),
  };
}
