// The checks that a request passes before any route: whether it is for this console, who sends it, and whether it may
// change anything.

import type { IncomingMessage, ServerResponse } from "node:http";
import { sendEntrance, sendJson, sendProblem, sendProblemPage } from "./answer.ts";
import { type Body, readBody } from "./body.ts";
import type { PageFiles } from "./files.ts";
import { SAFE_HEADERS } from "./headers.ts";
import { type Address, checkChange, checkHost, checkSite } from "./origin.ts";
import { toProblem } from "./problem.ts";
import { RequestError } from "./request-error.ts";
import type { Routes } from "../routes.ts";
import { isOfTenantApi, type TenantApi } from "../tenant-api.ts";
import type { Session } from "./session.ts";

/** The parts behind the door. */
export interface DoorParts {
  readonly session: Session;
  readonly files: PageFiles;
  readonly routes: Routes;
  readonly tenants: TenantApi;
  /** Takes a line for the terminal. */
  readonly note: (line: string) => void;
}

/** The path that takes the token. */
export const ENTRANCE = "/enter";

const NOTHING: Body = {};
const NO_SESSION =
  "Cannot answer: this browser has no session; start the console again, and open the URL that it prints";
const NO_KEY =
  "Cannot answer: this tab has no key of the session; reload it while another tab shows the console, or start the " +
  "console again and open the URL that it prints";
const NO_TOKEN =
  "Cannot enter: the URL is wrong or was used before; start the console again for another";

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
    const problem = toProblem(error, parts.note);
    if (outgoing.headersSent) outgoing.destroy();
    else if (isForPerson(incoming)) sendProblemPage(outgoing, problem);
    else sendProblem(outgoing, problem);
  }
}

/** The cookie opens the page's files, which anybody may read; all else needs the key as well. */
async function admit(
  url: URL,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { session, files, routes, tenants }: DoorParts,
): Promise<void> {
  const { headers } = incoming;
  checkSite(headers);
  if (!session.hasCookie(headers.cookie)) throw new RequestError(401, NO_SESSION);
  const method = incoming.method === "HEAD" ? "GET" : (incoming.method ?? "");
  const file = method === "GET" ? files.get(url.pathname) : undefined;
  if (file !== undefined) {
    outgoing.setHeader("content-type", file.type).setHeader("cache-control", "no-cache");
    outgoing.end(await file.read());
    return;
  }
  if (!session.hasKey(headers.authorization)) throw new RequestError(401, NO_KEY);
  if (method !== "GET") checkChange(headers);
  if (isOfTenantApi(url.pathname)) {
    incoming.url = `${url.pathname}${url.search}`;
    await tenants(incoming, outgoing);
    return;
  }
  const body = method === "GET" ? NOTHING : await readBody(incoming);
  const exchange = { method, url: url.href, body, outgoing, params: {}, query: {} };
  const found = await routes(exchange);
  if (found !== undefined) sendJson(outgoing, found);
}

/** Exchanges the token once. A browser that entered before gets the entrance again, without a key. */
function enter(
  url: URL,
  { headers }: IncomingMessage,
  outgoing: ServerResponse,
  { session }: DoorParts,
): void {
  if (session.hasCookie(headers.cookie)) {
    sendEntrance(outgoing, undefined);
    return;
  }
  const secrets = session.enter(url.searchParams.get("token") ?? "");
  if (secrets === undefined) throw new RequestError(401, NO_TOKEN);
  outgoing.setHeader("set-cookie", secrets.cookie);
  // A redirect after a link on another site would not carry the cookie; what this page loads does.
  sendEntrance(outgoing, secrets.key);
}

/** The path is looked up in a list, never on the disk. */
function parseTarget(target: string): URL {
  try {
    return new URL(target, "http://console");
  } catch {
    throw new RequestError(400, "Cannot answer: the path is malformed");
  }
}

function isForPerson({ method, headers }: IncomingMessage): boolean {
  return method === "GET" && (headers.accept ?? "").includes("text/html");
}
