// One of the page's views, and what it is given.

import type { Events } from "./events.ts";

/** What a view is given. */
export interface Stage {
  /** The part of the hash after the view's name, decoded; "" when there is none. */
  readonly name: string;
  /** The hash's parameters. */
  readonly parameters: URLSearchParams;
  readonly events: Events;
  /** Aborted when another view takes the place. */
  readonly signal: AbortSignal;
}

/** A view that is shown. */
export interface View {
  /** The document's title, before the product's name. */
  readonly title: string;
  readonly root: HTMLElement;
  /** Asks the server again, and shows what has changed. */
  readonly refresh: () => void;
}

/** Reads `#/name/rest?parameters`. */
export function parseHash(hash: string): {
  readonly view: string;
  readonly name: string;
  readonly parameters: URLSearchParams;
} {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [view = "", name = ""] = path.split("/", 2);
  return { view: view || "fleet", name: decode(name), parameters: new URLSearchParams(query) };
}

/** A tenant's place. */
export function tenantHash(schemaName: string): string {
  return `#/tenants/${encodeURIComponent(schemaName)}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
