// A server with a tenant, and a folder with the files that verbs read.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { addToken } from "../../../admin/api/tokens/token-file.ts";
import { openAdmin } from "../../../admin/library/admin.ts";
import { TENANT_MIGRATIONS } from "../../../admin/migrations/load.ts";
import { findFreePort } from "../../support/network/free-port.ts";
import { redirect } from "../../support/network/redirect.ts";
import { openOwnServer } from "../../support/server/own-server.ts";
import { type Gate, openGate } from "./gate.ts";
import type { Place } from "./parameters.ts";

/** The stage. Whoever opened it closes it. */
export interface StartStage {
  readonly gate: Gate;
  readonly folder: string;
  readonly place: Place;
  /** The URLs of the verbs' environment: they lead through the gate. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Sets the stage.
 * @param parent the folder of the run
 */
export async function openStartStage(parent: string): Promise<StartStage> {
  const folder = join(parent, "verbs");
  await mkdir(folder);
  const server = await openOwnServer({ acme: "acme.example.com", globex: "globex.example.com" });
  try {
    await server.sql("create database other");
    const place = { list: "tenants.csv", archive: "acme.zip", tokens: "tokens" };
    await writeFile(join(folder, place.list), "host,schema\nnew.example.com,new\n");
    await addToken(join(folder, place.tokens), "portal", undefined);
    const admin = await openAdmin({
      url: server.adminUrl,
      tenantMigrations: TENANT_MIGRATIONS,
    });
    await admin.exportTenant("acme", join(folder, place.archive));
    await admin.close();
    const gate = await openGate(server.port);
    const [adminUrl, serviceUrl] = [server.adminUrl, server.serviceUrl].map((url) =>
      redirect(url, gate.port),
    ) as [string, string];
    const other = new URL(adminUrl);
    other.pathname = "/other";
    return {
      gate,
      folder,
      place: { ...place, serviceUrl, otherUrl: other.href, port: String(await findFreePort()) },
      env: { ADMIN_DATABASE_URL: adminUrl, DATABASE_URL: serviceUrl },
      async close() {
        await gate.close();
        await server.remove();
      },
    };
  } catch (error) {
    await server.remove();
    throw error;
  }
}
