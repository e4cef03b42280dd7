// The operator page's server in this process, and a client that does what a browser does for its page.

import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { openConsole } from "../../../admin/console/console.ts";
import { serveConsole } from "../../../admin/console/server.ts";
import { openRegistry, type Registry } from "../../../admin/registry/registry.ts";
import { hear, type Listener } from "./events.ts";
import { expectDescribed } from "./described.ts";

/** An answer of the console, with its body read. */
export interface ConsoleAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined when it is not JSON. */
  readonly json: unknown;
}

/** A request with nothing added to it but a Host header, where none is given. */
export interface PlainRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A client of a console. */
export interface ConsoleClient {
  readonly port: number;
  /** Sends a request as it is. */
  send(request: PlainRequest): Promise<ConsoleAnswer>;
  /** The session's cookie; "" before this client has entered. */
  readonly cookie: string;
  /** The session's key; "" before this client has entered. */
  readonly key: string;
  /** The headers with which the page reads. */
  readHeaders(): Record<string, string>;
  /** The headers with which the page makes a change. */
  changeHeaders(): Record<string, string>;
  get<T>(path: string): Promise<T>;
  /** Sends a change as the page does; the answer may be a refusal. */
  post(path: string, body?: unknown): Promise<ConsoleAnswer>;
  /** The same with another method. An answer to a path of the admin API is as its description says. */
  change(method: string, path: string, body?: unknown): Promise<ConsoleAnswer>;
  listen(): Promise<Listener>;
}

/** A console of a test, which closes it. */
export interface TestConsole extends ConsoleClient {
  readonly url: URL;
  readonly registry: Registry;
  /** The lines that it wrote for its terminal. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

/** The options of a test's console. */
export interface TestConsoleOptions {
  readonly migrations?: string;
  /** The URLs of the databases beside home, by name. */
  readonly databases?: ReadonlyMap<string, string>;
  readonly services?: readonly string[];
  readonly exports?: string;
  /** Whether the test enters by itself. */
  readonly locked?: boolean;
}

/** Opens a console, and enters. */
export async function openTestConsole(
  adminUrl: string,
  {
    migrations,
    databases,
    services = [],
    exports = tmpdir(),
    locked = false,
  }: TestConsoleOptions = {},
): Promise<TestConsole> {
  const notes: string[] = [];
  const note = (line: string): void => void notes.push(line);
  const registry = await openRegistry(adminUrl, { tenantMigrations: migrations, databases });
  const parts = openConsole({ registry, services, exports, note, intervalMs: 20 });
  const server = await serveConsole(parts, "127.0.0.1", 0);
  const client = await createConsoleClient(server.url, locked);
  return Object.assign(client, {
    url: new URL(server.url),
    registry,
    notes,
    async close() {
      await server.close();
      await registry.close();
    },
  });
}
/** Makes a client of the console whose URL was printed, and enters unless it is to stay locked out. */
export async function createConsoleClient(printed: string, locked = false): Promise<ConsoleClient> {
  const url = new URL(printed);
  const port = Number(url.port);
  let cookie = "";
  let key = "";
  if (!locked) {
    const { headers, text } = await send(port, { path: `${url.pathname}${url.search}` });
    cookie = headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    key = findKey(text) ?? "";
  }
  const readHeaders = (): Record<string, string> => ({ cookie, authorization: `Bearer ${key}` });
  const changeHeaders = (): Record<string, string> => ({
    ...readHeaders(),
    origin: url.origin,
    "sec-fetch-site": "same-origin",
    "content-type": "application/json",
  });
  const change = async (
    method: string,
    path: string,
    body: unknown = {},
  ): Promise<ConsoleAnswer> => {
    const sent = { method, path, headers: changeHeaders(), body: JSON.stringify(body) };
    const answer = await send(port, sent);
    if (path.startsWith("/tenants")) expectDescribed(sent, answer);
    return answer;
  };
  return {
    port,
    cookie,
    key,
    readHeaders,
    changeHeaders,
    send: (request) => send(port, request),
    async get<T>(path: string): Promise<T> {
      const { status, json, text } = await send(port, { path, headers: readHeaders() });
      if (status !== 200) throw new Error(`GET ${path} gives ${status}: ${text}`);
      return json as T;
    },
    change,
    post: (path, body) => change("POST", path, body),
    async listen() {
      return hear(await begin(port, { path: "/api/events", headers: readHeaders() }));
    },
  };
}

/** The key in the page that answers the printed URL; undefined when the page has none. */
export function findKey(html: string): string | undefined {
  return /<meta name="console-key" content="([^"]*)">/.exec(html)?.[1];
}

async function send(port: number, request: PlainRequest): Promise<ConsoleAnswer> {
  const incoming = await begin(port, request);
  const text = (await incoming.setEncoding("utf8").toArray()).join("");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text, json };
}

async function begin(
  port: number,
  { method = "GET", path, headers = {}, body }: PlainRequest,
): Promise<IncomingMessage> {
  // Node leaves the length out where a method has no body as a rule.
  const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
  const outgoing = httpRequest({
    agent: false,
    host: "127.0.0.1",
    port,
    method,
    path,
    headers: { host: `127.0.0.1:${port}`, ...length, ...headers },
  });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  return incoming;
}
