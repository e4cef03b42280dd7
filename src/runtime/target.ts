// A request's target in absolute form, `GET http://other.example/path`. It has its own host. When that differs from
// the Host header, the request has two hosts: https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2

import type { IncomingMessage } from "node:http";

/** A target in absolute form. */
export interface AbsoluteTarget {
  readonly authority: string;
  readonly path: string;
}

/** Reads a target. Returns undefined when it is not in absolute form. */
export function readAbsoluteTarget(target: string): AbsoluteTarget | undefined {
  const found = /^https?:\/\/([^/?#]*)(.*)$/is.exec(target);
  return found === null ? undefined : { authority: found[1] ?? "", path: found[2] ?? "" };
}

/** Whether both texts name the same host. */
export function isSameAuthority(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/**
 * Rewrites a request on Node so that @hono/node-server never rejects it: the application reads the host from the
 * headers and ignores the one in the URL. When the target has another host than the header, it adds a second Host.
 */
export function rewriteTarget(incoming: IncomingMessage): void {
  const absolute = readAbsoluteTarget(incoming.url ?? "");
  const path = absolute?.path ?? incoming.url ?? "";
  if (absolute !== undefined && !isSameAuthority(absolute.authority, incoming.headers.host ?? "")) {
    incoming.rawHeaders.push("Host", absolute.authority);
  }
  incoming.url = (path.startsWith("/") ? path : `/${path}`).replaceAll("\\", "%5C");
  incoming.headers.host = "localhost";
}
