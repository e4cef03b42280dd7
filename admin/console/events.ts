// Sends events to the pages that are open: https://html.spec.whatwg.org/multipage/server-sent-events.html.

import type { ServerResponse } from "node:http";
import type { ConsoleEvents } from "./api.ts";
import { RequestError } from "./door/request-error.ts";

/** The pages that listen. */
export interface Events {
  /** Sends an event to all of them. */
  send<Name extends keyof ConsoleEvents>(name: Name, data: ConsoleEvents[Name]): void;
  /**
   * Adds a page, until its connection ends.
   * @param welcome sends the first events, to this page alone
   * @throws {RequestError} 503 when 32 pages listen already
   */
  add(outgoing: ServerResponse, welcome: (tell: Events["send"]) => void): void;
  /** Ends every page's connection. */
  close(): void;
}

const MOST_LISTENERS = 32;
const HEARTBEAT_MS = 15_000;
// A page that leaves this much unread is gone, or as good as gone.
const MOST_WAITING_BYTES = 4_000_000;

/** Starts with no page. The caller closes it. */
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
        throw new RequestError(
          503,
          `Cannot send events: ${MOST_LISTENERS} pages listen already; close one`,
        );
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
