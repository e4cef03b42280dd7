// The views of the page, and their places in its URL.

import type { Events } from "./events.ts";

/** The parameters of a view. */
export interface Stage {
  /** The part of the hash after the view's name, decoded; "" without one. */
  readonly name: string;
  /** The hash's parameters. */
  readonly parameters: URLSearchParams;
  /** The database that the view shows; "" for home, or the only one. */
  readonly database: string;
  readonly events: Events;
  /** Aborted when another view takes its place. */
  readonly signal: AbortSignal;
}

/** The view that is shown. */
export interface View {
  /** The title of the document, before the product's name. */
  readonly title: string;
  readonly root: HTMLElement;
  /** Asks the server again, and shows the answer. */
  readonly refresh: () => void;
}

/** Reads `#/name/rest?parameters`. */
export function parseHash(hash: string): {
  readonly view: string;
  readonly name: string;
  readonly parameters: URLSearchParams;
  readonly database: string;
} {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [view = "", name = ""] = path.split("/", 2);
  const parameters = new URLSearchParams(query);
  const database = parameters.get("database") ?? "";
  return { view: view || "fleet", name: decode(name), parameters, database };
}

/** Returns the title of a view: with the database, unless that is home or the only one. */
export function titleOf(view: string, database: string): string {
  return database === "" ? view : `${view} in ${database}`;
}

/** Returns the hash of a view, without the parameters that are empty. */
export function viewHash(view: string, parameters: Readonly<Record<string, string>>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== "");
  const text = new URLSearchParams(given).toString();
  return text === "" ? `#/${view}` : `#/${view}?${text}`;
}

/** Returns the hash of a tenant's view. */
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
