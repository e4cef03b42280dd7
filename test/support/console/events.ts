// Reads the events of the operator page's server, as a page does.

import type { IncomingMessage } from "node:http";

/** An event, as the page hears it. */
export interface HeardEvent {
  readonly name: string;
  readonly data: unknown;
}

/** Who listens to the events. */
export interface Listener {
  /** The events so far. */
  readonly heard: readonly HeardEvent[];
  /** True once the server has ended the stream. */
  readonly ended: boolean;
  close(): void;
}

/** Listens to an answer of server-sent events. */
export function hear(incoming: IncomingMessage): Listener {
  const heard: HeardEvent[] = [];
  let rest = "";
  let ended = false;
  incoming.on("end", () => (ended = true));
  incoming.on("error", () => {});
  incoming.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(part) ?? [];
      if (name !== undefined) heard.push({ name, data: JSON.parse(data ?? "") });
    }
  });
  return {
    heard,
    get ended() {
      return ended;
    },
    close: () => void incoming.destroy(),
  };
}
