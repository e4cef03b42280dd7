// A TCP port that nobody listens on.
import { createServer } from "node:net";

/**
 * Returns a port of 127.0.0.1 that was free a moment ago, chosen by the operating system.
 * It is not held: whoever listens on it next has it.
 */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port: 0, host: "127.0.0.1" }, () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
