// A standby of a server: a copy of its data that recovers for ever, and takes no writes.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EmbeddedServer } from "../../../admin/development/embedded/server.ts";
import { copyData } from "./cluster.ts";
import { startTestServer } from "./embedded.ts";
import { findFreePort } from "../network/free-port.ts";
import type { OwnServer } from "./own-server.ts";
import { makeFolder } from "../program/run.ts";

/** A standby. Whoever opened it removes it. */
export interface Standby extends Pick<OwnServer, "adminUrl" | "serviceUrl" | "port"> {
  remove(): Promise<void>;
}

/** Stops the server, copies it, and starts both. */
export async function openStandby(primary: OwnServer): Promise<Standby> {
  const folder = makeFolder("standby-");
  const port = await findFreePort();
  await primary.stop();
  await copyData(primary.folder, folder);
  await primary.start();
  await writeFile(join(folder, "data", "standby.signal"), "");
  const server: EmbeddedServer = await startTestServer({ folder, port });
  const at = (base: string): string => {
    const url = new URL(base);
    url.port = String(port);
    return url.href;
  };
  return {
    adminUrl: at(primary.adminUrl),
    serviceUrl: at(primary.serviceUrl),
    port,
    remove: () => server.remove(),
  };
}
