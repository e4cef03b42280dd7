// The sections and headings of a view.

import { element, type Content } from "./element.ts";

let made = 0;

/**
 * Makes a section with a heading.
 * @param aside stands beside the heading
 */
export function panel(
  title: string,
  aside: Content,
  content: Content,
  className = "",
): HTMLElement {
  made += 1;
  const id = `panel-${made}`;
  return element(
    "section",
    { class: `panel ${className}`.trim(), "aria-labelledby": id },
    element("header", {}, element("h2", { id }, title), element("div", { class: "aside" }, aside)),
    content,
  );
}

/** Makes a view's heading, with a line beneath. */
export function viewHeading(title: Content, line: Content, side?: Content): HTMLElement {
  return element(
    "header",
    { class: "view-heading" },
    element("div", {}, element("h1", {}, title), element("p", { class: "muted" }, line)),
    side === undefined ? undefined : element("div", { class: "side" }, side),
  );
}

/** Makes a bar whose length shows a part of a whole, beside the figure. */
export function meter(share: number, kind = ""): HTMLElement {
  const bar = element("span", { class: `meter ${kind}`.trim(), "aria-hidden": "true" });
  bar.style.setProperty("--share", String(Math.max(0, Math.min(1, share))));
  return bar;
}
