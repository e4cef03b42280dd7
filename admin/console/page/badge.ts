// A tenant's state: always a word, and a shape beside it that tells the states apart without colour.

import type { Status, Transition } from "../api.ts";
import { element } from "./element.ts";

/** Every state that has a shape. */
export type Mark = Status | "behind" | "failed" | "transition" | "running" | "stopped";

const WORDS: Readonly<Record<Mark, string>> = {
  active: "Active",
  read_only: "Read-only",
  suspended: "Suspended",
  behind: "Behind",
  failed: "Failed",
  transition: "Changing",
  running: "Running",
  stopped: "Stopped",
};

/** The shape alone. */
export function mark(kind: Mark): HTMLElement {
  return element("span", { class: "mark", "data-mark": kind, "aria-hidden": "true" });
}

/** The shape with its word, or another. */
export function badge(kind: Mark, word: string = WORDS[kind]): HTMLElement {
  return element("span", { class: "badge", "data-mark": kind }, mark(kind), word);
}

/** What a tenant is now: a transition stands above its status. */
export function statusBadge(status: Status, transition: Transition | null): HTMLElement {
  return transition === null ? badge(status) : badge("transition", capital(transition));
}

/** The word of a state. */
export function wordOf(kind: Mark): string {
  return WORDS[kind];
}

/** `moving` as `Moving`. */
export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
