// Makes elements. Text becomes text nodes and attributes, never markup: a value from the server cannot add an element.

/** The content of an element: text, elements, lists of them. Null and undefined are left out. */
export type Content = string | Node | readonly Content[] | null | undefined;

/** The attributes of an element. False and undefined are left out; true becomes an empty attribute. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Creates an element of HTML. */
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

const postponed = new WeakMap<Element, readonly Content[]>();

/**
 * Replaces the content of an element. When a link or button in it has the focus, the same link or button of the new
 * content gets it, so that renewed figures do not take the reader's place away. While one is pressed, the old content
 * stays, because the click would be lost with it.
 */
export function fill(target: Element, ...content: readonly Content[]): void {
  if (target.matches(":active")) {
    postponed.set(target, content);
    requestAnimationFrame(() => {
      if (postponed.get(target) === content) fill(target, ...content);
    });
    return;
  }
  postponed.delete(target);
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

/** Creates a button that calls `act`. */
export function button(
  label: string,
  attributes: Attributes,
  act: (event: MouseEvent) => void,
): HTMLButtonElement {
  const created = element("button", { type: "button", ...attributes }, label);
  created.addEventListener("click", act);
  return created;
}

/** Creates a link to a place within the page, such as `#/tenants`. */
export function link(href: string, attributes: Attributes, ...content: readonly Content[]) {
  return element("a", { href, ...attributes }, ...content);
}

/** Creates text for screen readers alone. */
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
