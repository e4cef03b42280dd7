// Whether a TCP port of this machine is free, and the error that says that it is not.

import { createServer } from "node:net";
import { AdminError } from "../../registry/admin-error.ts";

/**
 * The error for PostgreSQL's port when another program listens on it.
 * @param variable the environment variable that sets the port, named in the message
 */
export function portInUse(port: number, variable?: string): AdminError {
  const advice = variable === undefined ? "" : `; set ${variable} to another`;
  return new AdminError(`Cannot start PostgreSQL: port ${port} on 127.0.0.1 is in use${advice}`);
}

/**
 * Whether a server could listen on `port` of 127.0.0.1 now.
 * @throws {Error} for any other reason why it could not, such as a low port without the right to it
 */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    });
    server.listen({ port, host: "127.0.0.1" }, () => server.close(() => resolve(true)));
  });
}
