// The service under test: in this process for SQL and routes, or as the program that users start.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, type IncomingHttpHeaders, request as httpRequest } from "node:http";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { createApp } from "../../../src/example/app.ts";
import { readOptions } from "../../../src/config.ts";
import { type OpenDatabase } from "../../../src/database/database.ts";
import { openDatabase } from "../../../src/database/open-database.ts";
import { createLog } from "../../../src/log.ts";
import type { Telemetry } from "../../../src/telemetry/telemetry.ts";
import type { Tenancy } from "../../../src/http/tenancy.ts";
import { findFreePort } from "../network/free-port.ts";
import { recordPrinted, recordText } from "./printed.ts";
import { inheritedVariables } from "./run.ts";

/** The app in this process. */
export interface LocalService {
  readonly app: Tenancy;
  readonly database: OpenDatabase;
  /** Every log line so far, parsed. */
  readonly lines: readonly Record<string, unknown>[];
  /** Sends a request to a host. A body that is no string is sent as JSON. */
  request(
    host: string,
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<LocalAnswer>;
  close(): Promise<void>;
}

/** An answer with its body read. */
export interface LocalAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is empty. */
  readonly json: unknown;
}

/** Builds the app on a database. `env` takes what the service's environment takes. */
export function openService(
  databaseUrl: string,
  env: Record<string, string> = {},
  telemetry?: Telemetry,
): LocalService {
  const options = readOptions({ DATABASE_URL: databaseUrl, ...env });
  const lines: Record<string, unknown>[] = [];
  const database = openDatabase(options.database);
  const log = createLog(options.logLevel, (line) => {
    recordText(line);
    lines.push(JSON.parse(line) as Record<string, unknown>);
  });
  const app = createApp({ log, telemetry, ...options });
  return {
    app,
    database,
    lines,
    async request(host, method, path, body, headers = {}) {
      const response = await app.fetch(
        new Request(`http://localhost${path}`, {
          method,
          headers: { host, ...headers },
          ...(body === undefined
            ? {}
            : { body: typeof body === "string" ? body : JSON.stringify(body) }),
        }),
        database,
      );
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: text === "" ? undefined : (JSON.parse(text) as unknown),
      };
    },
    close: () => database.close(5),
  };
}

/** The program `npm start` runs. */
export interface ServiceProcess {
  readonly port: number;
  readonly child: ChildProcess;
  /** All that it has printed. */
  output(): string;
  /** Resolves when it has printed `text`. */
  printed(text: string): Promise<void>;
  /** Sends a request over a socket with any Host header. */
  request(host: string, method: string, path: string, body?: string): Promise<HttpAnswer>;
  /** Sends SIGTERM and resolves to the exit status. */
  stop(): Promise<number | null>;
}

/** An answer from {@link ServiceProcess}. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const ENTRY = new URL("../../../src/node.js", import.meta.url);

/**
 * Starts the program, or another at `file`, and waits until it listens.
 * @param parametersOf the parameters of a program that does not read PORT
 */
export async function startService(
  databaseUrl: string,
  env: Record<string, string> = {},
  file: URL = ENTRY,
  parametersOf: (port: number) => readonly string[] = () => [],
): Promise<ServiceProcess> {
  const port = await findFreePort();
  const entry = fileURLToPath(file);
  const child = spawn(process.execPath, [entry, ...parametersOf(port)], {
    env: {
      ...inheritedVariables(),
      DATABASE_URL: databaseUrl,
      PORT: String(port),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  recordPrinted(child.stdout, child.stderr);
  let isOver = false;
  // Its end with all that it has printed.
  const exited = once(child, "close").finally(() => (isOver = true));
  const printed = async (text: string, problem: string): Promise<void> => {
    while (!output.includes(text)) {
      if (isOver) throw new Error(`${problem}: ${output}`);
      await Promise.race([once(child.stdout, "data"), exited]);
    }
  };
  await printed('"event":"listening"', "The service did not start");
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return {
    port,
    child,
    output: () => output,
    printed: (text) => printed(text, `The service ended before it printed ${text}`),
    request: (host, method, path, body) => sendHttp(port, host, method, path, body, agent),
    async stop() {
      child.kill("SIGTERM");
      await exited;
      agent.destroy();
      return child.exitCode;
    },
  };
}

/** Sends a request with any Host header to a port of 127.0.0.1. */
export function sendHttp(
  port: number,
  host: string,
  method: string,
  path: string,
  body?: string,
  agent?: Agent,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        ...{ agent: agent ?? false, host: "127.0.0.1", port, method, path },
        headers: { ...headers, host },
      },
      (incoming) => {
        let text = "";
        incoming.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        incoming.on("error", reject);
        incoming.on("end", () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
