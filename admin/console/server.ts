// The console's HTTP server: its limits, and its orderly end.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AdminError } from "../registry/admin-error.ts";
import type { Console } from "./console.ts";
import { answer, ENTRANCE } from "./door/door.ts";
import { listFiles } from "./door/files.ts";
import { originOf } from "./door/origin.ts";
import { createRoutes } from "./routes.ts";
import { createTenantApi } from "./tenant-api.ts";
import { createSession } from "./door/session.ts";

/** A running console server. */
export interface ConsoleServer {
  /** The URL that opens the page in one browser, once. */
  readonly url: string;
  readonly port: number;
  /** Accepts no more requests, closes the console, and waits for the running answers. */
  close(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const SWEEP_MS = 50;

/**
 * Serves a console. Closing the server closes the console.
 * @param host an IP address
 * @param port 0 for any free port
 * @throws {AdminError} when it cannot listen on this address and port
 */
export async function serveConsole(
  parts: Console,
  host: string,
  port: number,
): Promise<ConsoleServer> {
  const session = createSession();
  const door = {
    session,
    files: await listFiles(),
    routes: createRoutes(parts),
    tenants: createTenantApi(parts),
    note: parts.note,
  };
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    (incoming, outgoing) => {
      // A request on a kept-alive connection after the server was closed: the console no longer answers.
      if (server.listening) void answer(incoming, outgoing, address, door);
      else outgoing.writeHead(503, { connection: "close" }).end();
    },
  );
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw cannotListen(error, host, port);
  }
  const address = { host, port: (server.address() as AddressInfo).port };
  return {
    url: `${originOf(address)}${ENTRANCE}?token=${session.token}`,
    port: address.port,
    async close() {
      const closed = once(server, "close");
      server.close();
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
      await parts.close();
      await closed;
      clearInterval(sweep);
    },
  };
}

function cannotListen(error: unknown, host: string, port: number): AdminError {
  const code = String(Reflect.get(Object(error), "code"));
  const problem =
    code === "EADDRINUSE" ? `port ${port} on ${host} is in use` : `${host}:${port} gives ${code}`;
  return new AdminError(`Cannot listen: ${problem}; choose another with --port or --listen`);
}
