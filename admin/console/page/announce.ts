// What is said once: to screen readers, and to the eye as a note that goes away by itself.

import { element } from "./element.ts";

const NOTE_MS = 6000;

/** Says something to screen readers alone. */
export function announce(text: string): void {
  const region = document.querySelector("#announce");
  if (region !== null) region.textContent = text;
}

/** Shows a note and says it. */
export function notify(text: string): void {
  announce(text);
  document.querySelector(".note")?.remove();
  // The live region has said it.
  const note = element("p", { class: "note", "aria-hidden": "true" }, text);
  document.body.append(note);
  setTimeout(() => note.remove(), NOTE_MS);
}
