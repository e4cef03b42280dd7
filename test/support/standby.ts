// A standby of a server: a copy of its data that recovers for ever, and takes no writes.

import { cp, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EmbeddedServer } from "../../admin/development/embedded/server.ts";
import { findServerUser } from "../../admin/development/embedded/user.ts";
import { runProgram } from "../../admin/development/embedded/program.ts";
import { startTestServer } from "./embedded.ts";
import { findFreePort } from "./free-port.ts";
import type { OwnServer } from "./own-server.ts";

/** A standby. Whoever opened it removes it. */
export interface Standby extends Pick<OwnServer, "adminUrl" | "serviceUrl" | "port"> {
  remove(): Promise<void>;
}

/** Stops the server, copies it, and starts both. */
export async function openStandby(primary: OwnServer): Promise<Standby> {
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-standby-"));
  const port = await findFreePort();
  const options = { folder, port };
  await (await startTestServer(options)).stop();
  const data = await realpath(join(folder, "data"));
  await primary.stop();
  await rm(data, { recursive: true });
  await cp(await realpath(join(primary.folder, "data")), data, { recursive: true });
  await primary.start();
  await writeFile(join(data, "standby.signal"), "");
  const user = await findServerUser();
  if (user) await runProgram("chown", ["-R", `${user.uid}:${user.gid}`, data]);
  const server: EmbeddedServer = await startTestServer(options);
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
