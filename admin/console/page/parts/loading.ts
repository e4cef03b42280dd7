// A part of the page that shows the server's answer: a placeholder at first, then the content or the error.

import { button, element, fill, type Content } from "./element.ts";
import { RequestError } from "../client.ts";

const RETRY_MS = 3000;

/** A part that can be read again. */
export interface Loaded {
  readonly root: HTMLElement;
  /** Asks the server again. The content stays until the new answer is there. */
  readonly refresh: () => void;
}

/**
 * Makes such a part. A failure keeps earlier content, because old figures are better than no figures, and the top of
 * the page says that the connection is lost. After a temporary failure the part asks again.
 * @param ask asks the server
 * @param show makes the content, and is called again with each newer answer
 */
export function loaded<T>(
  name: string,
  signal: AbortSignal,
  ask: () => Promise<T>,
  show: (answer: T) => Content,
): Loaded {
  const root = element("div", { class: "loaded", "aria-busy": "true" }, skeleton(name));
  let shown = false;
  let asking = false;
  const refresh = (): void => {
    if (asking || signal.aborted) return;
    asking = true;
    ask()
      .then((answer) => {
        if (signal.aborted) return;
        const content = show(answer);
        if (content !== undefined) fill(root, content);
        shown = true;
      })
      .catch((error: unknown) => {
        if (signal.aborted) return;
        const passing = error instanceof RequestError && error.isTemporary;
        if (!shown) fill(root, failure(name, error, refresh));
        if (passing) setTimeout(refresh, RETRY_MS);
      })
      .finally(() => {
        asking = false;
        root.removeAttribute("aria-busy");
      });
  };
  refresh();
  return { root, refresh };
}

/** Makes the text in place of an empty list. */
export function empty(title: string, ...more: readonly Content[]): HTMLElement {
  return element("div", { class: "empty" }, element("p", { class: "strong" }, title), ...more);
}

/** Makes the box of a problem. */
export function problem(text: string, ...more: readonly Content[]): HTMLElement {
  return element("div", { class: "problem", role: "alert" }, element("p", {}, text), ...more);
}

/** Returns an error as one line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function failure(name: string, error: unknown, retry: () => void): HTMLElement {
  return problem(
    `Cannot load ${name}: ${messageOf(error)}`,
    button("Try again", { class: "quiet" }, retry),
  );
}

function skeleton(name: string): HTMLElement {
  return element(
    "div",
    { class: "skeleton" },
    element("p", { class: "unseen" }, `Loading ${name}`),
    element("i"),
    element("i"),
    element("i"),
  );
}
