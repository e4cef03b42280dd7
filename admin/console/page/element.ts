// Building the page's elements. Text goes in as text nodes: no name that the registry holds is ever read as
// markup, and there is no way here to set markup.

/** What an element holds: text, elements, lists of them; null and undefined are left out. */
export type Content = string | Node | readonly Content[] | null | undefined;

/** An element's attributes; false and undefined are left out, true is an empty one. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Creates an element of a name that is known to HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...content: readonly Content[]
): HTMLElementTagNameMap[K] {
  const created = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === undefined) continue;
    created.setAttribute(key, value === true ? "" : String(value));
  }
  append(created, content);
  return created;
}

/**
 * Puts content into an element in place of what it held. Whoever was on a link or a button there is on the same
 * one afterwards: figures that are renewed take nobody's place away.
 */
export function fill(target: Element, ...content: readonly Content[]): void {
  const focused = document.activeElement;
  const held = focused !== null && focused !== target && target.contains(focused);
  target.replaceChildren();
  append(target, content);
  if (!held) return;
  const same = [...target.querySelectorAll<HTMLElement>(focused.localName)].find(
    (other) =>
      other.textContent === focused.textContent &&
      other.getAttribute("href") === focused.getAttribute("href"),
  );
  same?.focus({ preventScroll: true });
}

/** Creates a button that does something. */
export function button(
  label: string,
  attributes: Attributes,
  act: (event: MouseEvent) => void,
): HTMLButtonElement {
  const created = element("button", { type: "button", ...attributes }, label);
  created.addEventListener("click", act);
  return created;
}

/** A link to a place within the page, as in `#/tenants`. */
export function link(href: string, attributes: Attributes, ...content: readonly Content[]) {
  return element("a", { href, ...attributes }, ...content);
}

/** Text for screen readers alone. */
export function hidden(text: string): HTMLElement {
  return element("span", { class: "unseen" }, text);
}

function append(target: Element, content: readonly Content[]): void {
  for (const part of content) {
    if (part === null || part === undefined) continue;
    if (typeof part === "string" || part instanceof Node) target.append(part);
    else append(target, part);
  }
}
