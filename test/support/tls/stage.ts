// A PostgreSQL that takes TLS, by a name and by both kinds of address, with any certificate.

import { chown, copyFile, mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findServerUser } from "../../../admin/development/embedded/user.ts";
import { openOwnServer, type OwnServer } from "../server/own-server.ts";
import { openAuthority } from "./authority.ts";

/** The server. Whoever opened it closes it. */
export interface TlsStage {
  readonly server: OwnServer;
  /** The file of the authority's own certificate. */
  readonly rootFile: string;
  /** Starts the server again with another certificate: from a time on, or of an authority that nobody knows. */
  present(
    names: readonly string[],
    options?: { readonly from?: Date | undefined; readonly foreign?: boolean | undefined },
  ): Promise<void>;
  /** A URL of the server with another host, and a query. */
  at(url: string, host: string, query: string): string;
  /** A query with this sslmode and the authority. */
  withRoot(sslMode: string): string;
  close(): Promise<void>;
}

/** Starts it, with a certificate for localhost. */
export async function openTlsStage(): Promise<TlsStage> {
  const authority = await openAuthority("Own");
  const stranger = await openAuthority("Stranger");
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-tls-"));
  const [certFile, keyFile] = [join(folder, "server.crt"), join(folder, "server.key")];
  const user = await findServerUser();
  const own = async (path: string): Promise<void> => {
    if (user) await chown(path, user.uid, user.gid);
  };
  const install: TlsStage["present"] = async (names, { from, foreign } = {}) => {
    const made = await (foreign ? stranger : authority).issue(names, from);
    await copyFile(made.certFile, certFile);
    await copyFile(made.keyFile, keyFile);
    for (const path of [folder, certFile, keyFile]) await own(path);
  };
  await install(["DNS:localhost"]);
  const settings = { ssl: "on", ssl_cert_file: certFile, ssl_key_file: keyFile };
  const server = await openOwnServer({ acme: "acme.example" }, settings);
  const onIPv6 = await openIPv6(server.port);
  return {
    server,
    rootFile: authority.file,
    async present(names, options) {
      await server.stop();
      await install(names, options);
      await server.start();
    },
    at(base, host, query) {
      const url = new URL(base);
      url.hostname = host;
      const address = onIPv6.address();
      if (host === "[::1]" && typeof address === "object") url.port = String(address?.port);
      return `${url.href}${query}`;
    },
    withRoot: (sslMode) => `?sslmode=${sslMode}&sslrootcert=${authority.file}`,
    async close() {
      onIPv6.close();
      await server.remove();
      await rm(folder, { recursive: true });
      for (const one of [authority, stranger]) await one.remove();
    },
  };
}

/** The embedded server listens on 127.0.0.1 alone: hands on what comes to ::1. */
async function openIPv6(port: number): Promise<Server> {
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on("error", () => to.destroy()).on("close", () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "::1", resolve);
  });
  return server;
}
