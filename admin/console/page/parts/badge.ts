// A tenant's state as a word with a shape, so that the states differ without colour.

import type { Status, Transition } from "../../api.ts";
import { element } from "./element.ts";

/** The states that have a shape. */
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

/** Makes the shape alone. */
export function mark(kind: Mark): HTMLElement {
  return element("span", { class: "mark", "data-mark": kind, "aria-hidden": "true" });
}

/** Makes the shape with its word, or with another word. */
export function badge(kind: Mark, word: string = WORDS[kind]): HTMLElement {
  return element("span", { class: "badge", "data-mark": kind }, mark(kind), word);
}

/** Makes the badge of a tenant: its transition, or else its status. */
export function statusBadge(status: Status, transition: Transition | null): HTMLElement {
  return transition === null ? badge(status) : badge("transition", capital(transition));
}

/** Returns the word of a state. */
export function wordOf(kind: Mark): string {
  return WORDS[kind];
}

/** Turns `moving` into `Moving`. */
export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
