// Opens a database, or several as one.

import type { Secret } from "../environment.ts";
import { Connection } from "./connection.ts";
import type { Beginning, OpenDatabase } from "./database.ts";
import { DATABASE_DEFAULTS, type DatabaseOptions } from "./options.ts";
import { Pool } from "./pool/pool.ts";
import { DATABASE_NAME, HOME } from "./routes/names.ts";
import { RoutedDatabase } from "./routes/routed-database.ts";
import { Routes } from "./routes/routes.ts";
import { type DatabaseAddress, parseAddress } from "./wire/address.ts";

/**
 * Opens a database, or several as one; the caller must close it. It connects when the first message is sent.
 *
 * With `others`, `url` is home, whose registry knows every tenant. A message goes where the tenant is: home's entry names
 * another database when the tenant is there, nothing of the message has run by then, and it is sent there within the same
 * call. Transactions begin there, too. Each database has connections, shares and a line of its own.
 * @throws {TypeError} for a URL that cannot be read, and for a name that a database cannot have; its message does not
 *   repeat a URL
 * @example
 * ```ts
 * import { openDatabase } from "rowhouse";
 *
 * const database = openDatabase({
 *   url: "postgres://service:secret@127.0.0.1:6432/app",
 *   others: { eu: "postgres://service:secret@127.0.0.2:6432/app" },
 *   connections: 32,
 * });
 * await database.close(1);
 * ```
 */
export function openDatabase(options: DatabaseOptions): OpenDatabase {
  return openRouted(options, () => new Routes({ ...DATABASE_DEFAULTS, ...options }.maxInFlight));
}

/**
 * Opens what {@link openDatabase} opens.
 * @param routesOf what is known of several databases; called where there are several
 */
export function openRouted(options: DatabaseOptions, routesOf: () => Routes): OpenDatabase {
  const all = { ...DATABASE_DEFAULTS, ...options };
  const home = openOne(all.url, all);
  const named = Object.entries(all.others);
  if (named.length === 0) return home;
  const others = new Map(
    named.map(([name, url]): [string, OpenDatabase] => [checkName(name), openOne(url, all)]),
  );
  const { requestTimeoutMs: timeoutMs } = all;
  const waitMs = Math.min(all.moveWaitMs, timeoutMs / 2);
  return new RoutedDatabase({ home, others, timeoutMs, waitMs, routes: routesOf() });
}

function openOne(
  url: string | Secret,
  options: Required<Omit<DatabaseOptions, "url">>,
): OpenDatabase {
  const { connections: max, tenantConnections: maxOfOwner, requestTimeoutMs: timeoutMs } = options;
  const address = readAddress(url);
  const pool = new Pool(
    { max, maxOfOwner, timeoutMs },
    () => new Connection({ ...options, address }),
  );
  return {
    send: (message) => pool.run((connection) => connection.send(message), message),
    transaction(work, { entry = "", mode, ...claim }: Beginning = {}) {
      return pool.run((connection) => connection.transact(entry, work, mode), claim);
    },
    counts: () => pool.counts(),
    close: (seconds) => pool.close(seconds),
  };
}

function checkName(name: string): string {
  if (DATABASE_NAME.test(name) && name !== HOME) return name;
  throw new TypeError(
    `Cannot open database "${name}": a name has lower-case letters, digits and "_", begins with a letter, has 31 ` +
      `characters at most, and is not "${HOME}"`,
  );
}

function readAddress(url: string | Secret): DatabaseAddress {
  try {
    return parseAddress(typeof url === "string" ? url : url.reveal());
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : "it cannot be read";
    throw new TypeError(`Cannot open database by its URL: ${problem}`, { cause });
  }
}
