// Closes connections whose clients do not read their answers.

import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Closes a connection of a server when its answer waits to be sent and the client has read nothing for a while. One
 * timeout of the server costs less than one of each answer.
 * @param answerMs how long a client may read nothing, in milliseconds
 */
export function closeStalled(server: Server, answerMs: number): void {
  const answers = new WeakMap<Socket, ServerResponse>();
  server.on("request", ({ socket }, answer) => answers.set(socket, answer));
  // Called when a connection was silent for a while. Usually the handler is still computing the answer.
  server.setTimeout(answerMs, (socket) => {
    const answer = answers.get(socket);
    // Before its first request a connection has until `headersTimeout`, and is answered with 408.
    if (answer === undefined) return;
    if (answer.writableFinished || socket.writableLength > 0) socket.destroy();
  });
}
