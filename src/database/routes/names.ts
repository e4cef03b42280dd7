// The names of databases, and the names of tenants within the text of an entry. The registry decides which database a
// tenant is in; a text that a client chose is only ever compared here.

import type { Row } from "../values/rows.ts";

/** The database that `DATABASE_URL` names. Its registry knows every tenant, or where it is. */
export const HOME = "home";

/** The names that another database may have. */
export const DATABASE_NAME: RegExp = /^[a-z][a-z0-9_]{0,30}$/;

/**
 * The same entry with its nearest name alone: the host with its port, or the schema. Only that name can be remembered
 * without home: a tenant may get `acme.example.com` at home while another database serves `*.example.com`.
 */
export function nearestEntry(entry: string): string {
  const end = entry.indexOf('","');
  return end < 0 ? entry : `${entry.slice(0, end)}"}')`;
}

/**
 * The same entry with one of its names alone.
 * @param name the host or the schema that a registry found
 * @returns undefined when the entry does not have this name
 */
export function narrowEntry(entry: string, name: string): string | undefined {
  const start = entry.indexOf("('");
  const hosts = entry.indexOf('{"', start);
  if (hosts < 0) return entry.slice(start) === `('${name}')` ? entry : undefined;
  return entry.includes(`"${name}"`) ? `${entry.slice(0, hosts)}{"${name}"}')` : undefined;
}

/** Whether the row of an entry says that a move alone keeps the tenant read-only. */
export function isMoving(entered: Row | undefined): boolean {
  const [text] = Object.values(entered ?? {});
  return typeof text === "string" && /^\w+!/.test(text);
}
