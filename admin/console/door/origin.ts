// Checks where a request comes from. The console answers to its own address and accepts changes from its own page only,
// so that another page that the browser has open can neither read nor change anything.

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

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Formats the address as an origin, such as `http://127.0.0.1:5050`. */
export function originOf({ host, port }: Address): string {
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/**
 * Refuses a request to another host than the console's. A page of another site whose name resolves to this address
 * (DNS rebinding) sends that name. When the console listens on every address, the host may be any IP address.
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
 * Refuses a request that a page of another origin sent, when the browser says so. For a URL that a person typed the
 * browser says "none".
 * @throws {RequestError} 403
 */
export function checkSite(headers: IncomingHttpHeaders): void {
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return;
  throw new RequestError(403, "Cannot answer: another site sent the request");
}

/**
 * Refuses a change that another page sent: https://owasp.org/www-community/attacks/csrf.
 * @throws {RequestError} 403 for a wrong origin, 415 for a content type that a form could send
 */
export function checkChange(headers: IncomingHttpHeaders): void {
  if (headers.origin !== `http://${headers.host}` || headers["sec-fetch-site"] === "none") {
    throw new RequestError(
      403,
      "Cannot change anything: the request does not come from the console's own page",
    );
  }
  if (!JSON_TYPE.test(headers["content-type"] ?? "")) {
    throw new RequestError(415, "Cannot read the request: its body must be application/json");
  }
}

function isEvery(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
