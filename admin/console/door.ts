// What a request meets before any route: is it for this console, by whom, and may it change anything.

import type { IncomingMessage, ServerResponse } from "node:http";
import { type Body, readBody } from "./body.ts";
import type { PageFiles } from "./files.ts";
import { SAFE_HEADERS } from "./headers.ts";
import { type Address, checkChange, checkHost, checkSite } from "./origin.ts";
import { toProblem } from "./problem.ts";
import { RequestError } from "./request-error.ts";
import type { Routes } from "./routes.ts";
import type { Session } from "./session.ts";

/** What stands behind the door. */
export interface DoorParts {
  readonly session: Session;
  readonly files: PageFiles;
  readonly routes: Routes;
  /** Takes a line for the terminal. */
  readonly note: (line: string) => void;
}

/** The path that takes the token. */
export const ENTRANCE = "/enter";

const NOTHING: Body = {};
const NO_SESSION =
  "Cannot answer: this browser has no session; start the console again, and open the URL that it prints";

/** Answers one request. Never rejects. */
export async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  address: Address,
  parts: DoorParts,
): Promise<void> {
  for (const [name, value] of Object.entries(SAFE_HEADERS)) outgoing.setHeader(name, value ?? "");
  try {
    checkHost(incoming.headers, address);
    const url = parseTarget(incoming.url ?? "");
    if (url.pathname === ENTRANCE && incoming.method === "GET")
      enter(url, incoming, outgoing, parts);
    else await admit(url, incoming, outgoing, parts);
  } catch (error) {
    const { status, error: text } = toProblem(error, parts.note);
    if (outgoing.headersSent) outgoing.destroy();
    else if (isForPerson(incoming)) sendPage(outgoing, status, text);
    else send(outgoing, status, { error: text });
  }
}

async function admit(
  url: URL,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { session, files, routes }: DoorParts,
): Promise<void> {
  checkSite(incoming.headers);
  if (!session.admits(incoming.headers.cookie)) throw new RequestError(401, NO_SESSION);
  const method = incoming.method === "HEAD" ? "GET" : (incoming.method ?? "");
  if (method !== "GET") checkChange(incoming.headers);
  const file = method === "GET" ? files.get(url.pathname) : undefined;
  if (file !== undefined) {
    outgoing.setHeader("content-type", file.type).setHeader("cache-control", "no-cache");
    outgoing.end(await file.read());
    return;
  }
  const body = method === "GET" ? NOTHING : await readBody(incoming);
  const exchange = { method, url: url.href, body, outgoing, params: {}, query: {} };
  const found = await routes(exchange);
  if (found !== undefined) send(outgoing, 200, found);
}

/** The token is worth a session once; a browser that has one already is let through. */
function enter(
  url: URL,
  { headers }: IncomingMessage,
  outgoing: ServerResponse,
  { session }: DoorParts,
): void {
  if (!session.admits(headers.cookie)) {
    const cookie = session.enter(url.searchParams.get("token") ?? "");
    if (cookie === undefined) {
      throw new RequestError(
        401,
        "Cannot enter: the URL is wrong or was used before; start the console again for another",
      );
    }
    outgoing.setHeader("set-cookie", cookie);
  }
  // A redirect after a link on another site would not carry the cookie; what this page loads does.
  outgoing.setHeader("refresh", "0; url=/");
  sendPage(outgoing, 200, "Opening the console");
}

/** The path is looked up in a list, never on the disk. */
function parseTarget(target: string): URL {
  try {
    return new URL(target, "http://console");
  } catch {
    throw new RequestError(400, "Cannot answer: the path is none");
  }
}

function isForPerson({ method, headers }: IncomingMessage): boolean {
  return method === "GET" && (headers.accept ?? "").includes("text/html");
}

function send(outgoing: ServerResponse, status: number, value: unknown): void {
  // What is left of a body that was refused is not read.
  if (status >= 400) outgoing.setHeader("connection", "close");
  outgoing.statusCode = status;
  outgoing.setHeader("content-type", "application/json").end(JSON.stringify(value));
}

function sendPage(outgoing: ServerResponse, status: number, text: string): void {
  const escaped = text.replaceAll(/[&<>"']/g, (one) => `&#${one.codePointAt(0)};`);
  outgoing.statusCode = status;
  outgoing
    .setHeader("content-type", "text/html; charset=utf-8")
    .end(`<!doctype html><html lang="en"><title>Rowhouse</title><p>${escaped}</p></html>\n`);
}
