// What the page is told as it happens: https://html.spec.whatwg.org/multipage/server-sent-events.html.

import type { ServerResponse } from "node:http";
import type { ConsoleEvents } from "./api.ts";
import { RequestError } from "./request-error.ts";

/** Those who listen. */
export interface Events {
  /** Tells all of them. */
  send<Name extends keyof ConsoleEvents>(name: Name, data: ConsoleEvents[Name]): void;
  /**
   * Adds a listener, until its connection ends.
   * @param welcome is told to it alone, first
   * @throws {RequestError} 503 when there are too many
   */
  add(outgoing: ServerResponse, welcome: (tell: Events["send"]) => void): void;
  /** Ends every listener's connection. */
  close(): void;
}

const MOST_LISTENERS = 32;
const HEARTBEAT_MS = 15_000;
// Who takes nothing for so long is gone, or as good as gone.
const MOST_WAITING_BYTES = 4_000_000;

/** Opens the list of listeners; whoever opened it closes it. */
export function openEvents(): Events {
  const listeners = new Set<ServerResponse>();
  const write = (text: string): void => {
    for (const listener of listeners) {
      listener.write(text);
      if (listener.writableLength > MOST_WAITING_BYTES) listener.destroy();
    }
  };
  const heartbeat = setInterval(() => write(":\n\n"), HEARTBEAT_MS);
  return {
    send: (name, data) => write(format(name, data)),
    add(outgoing, welcome) {
      if (listeners.size >= MOST_LISTENERS) {
        throw new RequestError(503, "Cannot listen: too many pages do; close some");
      }
      outgoing.writeHead(200, { "content-type": "text/event-stream" });
      outgoing.write("retry: 1000\n\n");
      welcome((name, data) => void outgoing.write(format(name, data)));
      listeners.add(outgoing);
      outgoing.on("close", () => listeners.delete(outgoing));
    },
    close() {
      clearInterval(heartbeat);
      for (const listener of listeners) listener.end();
    },
  };
}

function format(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
