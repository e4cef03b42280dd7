// The server's events, over one connection that is opened again when it is lost.

import type { ConsoleEvents } from "../api.ts";
import { send } from "./client.ts";
import { readEvents } from "./event-stream.ts";

const RETRY_MS = [500, 1000, 2000, 5000];

/** The state of the connection; "ended": the server refuses this tab, as after a restart of the console. */
export type Connection = "waiting" | "live" | "lost" | "ended";

type Listener<K extends keyof ConsoleEvents> = (data: ConsoleEvents[K]) => void;

/** The events of the server. */
export interface Events {
  /** Calls `listen` with each event of that name until the signal is aborted. */
  on<K extends keyof ConsoleEvents>(name: K, signal: AbortSignal, listen: Listener<K>): void;
}

/**
 * Opens the connection, which lives as long as the page.
 * @param changed called with the connection's state, each time that it changes
 */
export function openEvents(changed: (state: Connection) => void): Events {
  const target = new EventTarget();
  let attempt = 0;
  let state: Connection = "waiting";
  const become = (next: Connection): void => {
    state = next;
    changed(next);
  };
  /** Resolves or rejects when the connection ends. */
  const follow = async (): Promise<"lost" | "ended"> => {
    const { status, body } = await send("/api/events");
    if (status === 401) return "ended";
    if (status !== 200 || body === null) return "lost";
    attempt = 0;
    become("live");
    for await (const { name, data } of readEvents(body)) {
      target.dispatchEvent(new CustomEvent(name, { detail: JSON.parse(data) }));
    }
    return "lost";
  };
  const open = async (): Promise<void> => {
    const end = await follow().catch(() => "lost" as const);
    // A console that cannot be reached does not give the session back.
    become(state === "ended" ? "ended" : end);
    setTimeout(() => void open(), RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]);
    attempt += 1;
  };
  void open();
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
