// Whether a TCP port of this machine is free, and the error that says that it is not.
import { createServer } from "node:net";
import { AdminError } from "../../registry/admin-error.ts";

/** A port that another program listens on. The message is one line that a person can act on. */
export class PortInUseError extends AdminError {
  /** The port, on 127.0.0.1. */
  readonly port: number;

  /** @param variable the environment variable that sets the port, named in the message */
  constructor(port: number, variable?: string) {
    const advice = variable === undefined ? "" : `; set ${variable} to another`;
    super(`Cannot start PostgreSQL: port ${port} on 127.0.0.1 is in use${advice}`);
    this.port = port;
  }
}

/** Whether a server could listen on `port` of 127.0.0.1 now. Throws what else keeps it from that. */
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
