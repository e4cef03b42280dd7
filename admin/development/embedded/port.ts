// Tells whether a TCP port of this machine is free, and builds the error for a port in use.

import { createServer } from "node:net";
import { AdminError } from "../../registry/admin-error.ts";

/**
 * Builds the error for PostgreSQL's port when another program listens on it.
 * @param variable the environment variable that sets the port, named in the message
 */
export function portInUse(port: number, variable?: string): AdminError {
  const advice = variable === undefined ? "" : `; set ${variable} to another`;
  return new AdminError(`Cannot start PostgreSQL: port ${port} on 127.0.0.1 is in use${advice}`);
}

/**
 * Tells whether `port` of 127.0.0.1 is free now.
 * @throws {Error} when listening fails for another reason, such as a privileged port
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
