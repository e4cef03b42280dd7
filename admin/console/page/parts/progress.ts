// A progress bar.

import { element } from "./element.ts";

/** Makes a bar. `share` and `failed` are from 0 to 1; the part of failures stands at the end. */
export function progressBar(name: string, share: number, failed = 0): HTMLElement {
  const bar = element(
    "div",
    {
      class: "progress",
      role: "progressbar",
      "aria-label": name,
      "aria-valuemin": 0,
      "aria-valuemax": 100,
      "aria-valuenow": Math.floor(share * 100),
    },
    element("span", { class: "done" }),
    element("span", { class: "failed" }),
  );
  bar.style.setProperty("--done", String(Math.max(0, share - failed)));
  bar.style.setProperty("--failed", String(failed));
  return bar;
}
