// The other databases of an installation, beside home. Each is opened at its first use. It knows their names and
// addresses; what they mean for a verb is known to admin/databases/ alone.

import { DATABASE_NAME, HOME } from "../../src/database/routes/names.ts";
import { AdminError } from "./admin-error.ts";

export { HOME };

/**
 * Whether a text may be the name of another database. `file`, or what ends with `_file`, would be a variable that names a
 * file.
 */
export function isDatabaseName(text: string): boolean {
  return DATABASE_NAME.test(text) && text !== HOME && !/(?:^|_)file$/.test(text);
}

/** The variable that has the URL of a database, where home is the installation's. */
export function variableOf(name: string): string {
  return name === HOME ? "ADMIN_DATABASE_URL" : `ADMIN_DATABASE_URL_${name.toUpperCase()}`;
}

interface Closable {
  close(this: void): Promise<void>;
}

/** See the head of this file. Whoever opened home's registry closes it. */
export class Others<R> {
  readonly #urls: ReadonlyMap<string, string>;
  readonly #open: (name: string, url: string) => Promise<R & Closable>;
  readonly #opened = new Map<string, Promise<R & Closable>>();

  /** @param urls the admin role's URLs by name */
  constructor(
    urls: ReadonlyMap<string, string>,
    open: (name: string, url: string) => Promise<R & Closable>,
  ) {
    this.#urls = urls;
    this.#open = open;
  }

  /** The names, in alphabetical order. */
  get names(): readonly string[] {
    return [...this.#urls.keys()].toSorted();
  }

  /**
   * Opens a registry, or returns the one that is open.
   * @throws {AdminError} when no database has the name
   */
  find(name: string): Promise<R> {
    const url = this.#urls.get(name);
    if (url === undefined) {
      const known = name.toLowerCase();
      const advice = this.#urls.has(known) ? `write "${known}"` : `set ${variableOf(name)}`;
      throw new AdminError(
        `Cannot find database ${JSON.stringify(name)}: it is not configured; ${advice}`,
        { code: "option_invalid" },
      );
    }
    const opened = this.#opened.get(name) ?? this.#open(name, url);
    this.#opened.set(name, opened);
    return opened;
  }

  /** Closes every connection. */
  async close(): Promise<void> {
    const opened = [...this.#opened.values()];
    this.#opened.clear();
    await Promise.all(opened.map(async (registry) => (await registry).close()));
  }
}
