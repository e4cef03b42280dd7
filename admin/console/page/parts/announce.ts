// Short messages: to screen readers, and on the page as a note that disappears by itself.

import { element } from "./element.ts";

const NOTE_MS = 6000;

/** Announces a text to screen readers alone. */
export function announce(text: string): void {
  const region = document.querySelector("#announce");
  if (region !== null) region.textContent = text;
}

/** Shows a text as a note, and announces it. */
export function notify(text: string): void {
  announce(text);
  document.querySelector(".note")?.remove();
  // Screen readers have it from the live region.
  const note = element("p", { class: "note", "aria-hidden": "true" }, text);
  document.body.append(note);
  setTimeout(() => note.remove(), NOTE_MS);
}
