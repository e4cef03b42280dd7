// Where a request comes from: the console answers to its own address and takes changes from its own page,
// so that no other page that the browser has open can read or change anything.

import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import { RequestError } from "./request-error.ts";

/** Where the console listens. */
export interface Address {
  /** An IP address, as in 127.0.0.1 or ::1. */
  readonly host: string;
  readonly port: number;
}

const JSON_TYPE = /^application\/json(?:\s*;.*)?$/i;

/** Whether only this machine reaches an address. */
export function isLoopback(host: string): boolean {
  return host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** The address as it stands in a URL. */
export function originOf({ host, port }: Address): string {
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/**
 * Refuses a request to another host than the console's: a page elsewhere whose name leads here (DNS
 * rebinding) has its own. Where the console listens on every address, any address will do, but no name.
 * @throws {RequestError} 421
 */
export function checkHost(headers: IncomingHttpHeaders, address: Address): void {
  const [, name = "", port = "80"] =
    /^(\[[0-9a-f:.]+\]|[^:]+)(?::(\d+))?$/i.exec(headers.host ?? "") ?? [];
  const host = name.replaceAll(/[[\]]/g, "").toLowerCase();
  const isOwn =
    host === address.host ||
    (host === "localhost" && (isLoopback(address.host) || isEvery(address.host))) ||
    (isIP(host) !== 0 && isEvery(address.host));
  if (isOwn && Number(port) === address.port) return;
  throw new RequestError(
    421,
    "Cannot answer: the request is for another host; open the printed URL",
  );
}

/**
 * Refuses what a page of another origin has asked for, where the browser says so. What a person typed or
 * followed as a link is "none", and opens the page only.
 * @throws {RequestError} 403
 */
export function checkSite(headers: IncomingHttpHeaders): void {
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return;
  throw new RequestError(403, "Cannot answer: another site has sent the request");
}

/**
 * Refuses a change that is not the console's own page's: https://owasp.org/www-community/attacks/csrf.
 * @throws {RequestError} 403 for its origin, 415 for a body that a form could have sent
 */
export function checkChange(headers: IncomingHttpHeaders): void {
  if (headers.origin !== `http://${headers.host}` || headers["sec-fetch-site"] === "none") {
    throw new RequestError(403, "Cannot change anything: the request is not the console's own");
  }
  if (!JSON_TYPE.test(headers["content-type"] ?? "")) {
    throw new RequestError(415, "Cannot read the request: its body must be application/json");
  }
}

function isEvery(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
