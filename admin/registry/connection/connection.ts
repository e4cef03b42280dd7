// Reads a database URL for the verbs with the parser of the service, and sets every parameter: pg would read missing
// ones from PG… environment variables.

import { once } from "node:events";
import { connect } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { type DatabaseAddress, parseAddress } from "../../../src/database/wire/address.ts";

// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const TIMEOUT_MS = 10_000;

/** The connection parameters for pg and Sequelize. */
export interface ServerConnection {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly ssl: ConnectionOptions | false;
  readonly application_name: string;
}

/**
 * Reads a URL, and asks its server whether it accepts TLS when the URL's sslmode is `prefer`.
 * @param applicationName the application name when the URL does not contain one
 * @throws {Error} when the URL cannot be read; the message completes "Cannot read NAME: …"
 */
export async function readConnection(
  url: string,
  applicationName: string,
): Promise<ServerConnection> {
  const address = parseAddress(url);
  const { host, port, database, user, password } = address;
  const encrypt = address.sslMode !== "prefer" || (await takesTls(address));
  return {
    host,
    port,
    database,
    user,
    password,
    ssl: encrypt ? address.tls : false,
    application_name: address.applicationName ?? applicationName,
  };
}

/**
 * Asks whether a server accepts TLS, for `prefer`, since pg does not fall back to an unencrypted connection. If it
 * does, TLS is required. If the question fails, pg fails in the same way and reports it.
 */
async function takesTls({ host, port }: DatabaseAddress): Promise<boolean> {
  const socket = connect({ host, port, timeout: TIMEOUT_MS });
  try {
    socket.on("timeout", () =>
      socket.destroy(new Error("Cannot ask for TLS: the server did not answer in time")),
    );
    await once(socket, "connect");
    socket.write(SSL_REQUEST);
    const [answer] = (await once(socket, "data")) as [Buffer];
    return answer.toString("latin1", 0, 1) === "S";
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
