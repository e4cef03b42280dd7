// What the server tells of its own accord, over one connection that is made again when it is lost.

import type { ConsoleEvents } from "../api.ts";

const NAMES: readonly (keyof ConsoleEvents)[] = ["traffic", "job", "migration"];
const RETRY_MS = [500, 1000, 2000, 5000];

/** The state of the connection; "ended": the console was started anew, and knows this browser no more. */
export type Connection = "waiting" | "live" | "lost" | "ended";

type Listener<K extends keyof ConsoleEvents> = (data: ConsoleEvents[K]) => void;

/** The events, and whether they come. */
export interface Events {
  /** Calls `listen` with each event of that name until the signal is aborted. */
  on<K extends keyof ConsoleEvents>(name: K, signal: AbortSignal, listen: Listener<K>): void;
}

/**
 * Opens the connection.
 * @param changed called with its state, each time that it changes
 */
export function openEvents(changed: (state: Connection) => void): Events {
  const target = new EventTarget();
  let attempt = 0;
  let state: Connection = "waiting";
  const become = (next: Connection): void => {
    state = next;
    changed(next);
  };
  const open = (): void => {
    const source = new EventSource("/api/events");
    source.addEventListener("open", () => {
      attempt = 0;
      become("live");
    });
    source.addEventListener("error", () => {
      // A browser gives up for good after an answer such as 401, so it is never left to the browser.
      source.close();
      if (state !== "ended") become("lost");
      void findOut().then((isEnded) => isEnded && state === "lost" && become("ended"));
      setTimeout(open, RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]);
      attempt += 1;
    });
    for (const name of NAMES) {
      source.addEventListener(name, ({ data }: MessageEvent<string>) =>
        target.dispatchEvent(new CustomEvent(name, { detail: JSON.parse(data) })),
      );
    }
  };
  open();
  return {
    on(name, signal, listen) {
      target.addEventListener(
        name,
        (event) => listen((event as CustomEvent<ConsoleEvents[typeof name]>).detail),
        { signal },
      );
    },
  };
}

/** An event source does not tell why it was refused. */
async function findOut(): Promise<boolean> {
  const answer = await fetch("/api/jobs").catch(() => undefined);
  return answer?.status === 401;
}
