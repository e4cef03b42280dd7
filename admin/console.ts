// node admin/console.js: serves the operator page on this machine.

import { once } from "node:events";
import { stat } from "node:fs/promises";
import { isIP } from "node:net";
import { resolve } from "node:path";
import process from "node:process";
import { runVerb } from "./command/command.ts";
import { UsageError } from "./command/usage-error.ts";
import type { Call } from "./command/verb.ts";
import { isLoopback } from "./console/door/origin.ts";
import { visibleLines } from "./print/visible.ts";
import { AdminError } from "./registry/admin-error.ts";
import { readInstallation } from "./registry/installation.ts";
import type { Registry } from "./registry/registry.ts";

const PORT = 5050;
const ADVICE =
  "The URL opens in one browser, once; start again for another. Ctrl-C ends the console";

await runVerb({
  name: "console",
  about:
    "Serves the operator page until Ctrl-C: the fleet, the tenants and the migrations in a browser. The printed " +
    "URL opens it in one browser, once.",
  operands: [],
  options: {
    port: { type: "string", value: "N", about: `Port to listen on; ${PORT} when left out` },
    service: {
      type: "string",
      multiple: true,
      value: "METRICS_URL",
      about: "A service's Prometheus endpoint, from which the page reads the traffic",
    },
    exports: {
      type: "string",
      value: "FOLDER",
      about: "Folder for exports and backups; the current folder when left out",
    },
    listen: {
      type: "string",
      value: "ADDRESS",
      about:
        "IP address to listen on instead of 127.0.0.1. The page does not use TLS: put a TLS proxy in front of it",
    },
  },
  example: "--service http://127.0.0.1:9464/metrics",
  async run(call) {
    const port = call.integer("port", 0, 65_535) ?? PORT;
    const host = parseAddress(call.text("listen") ?? "127.0.0.1");
    const services = call.texts("service").map(parseService);
    const exports = await requireFolder(call.text("exports") ?? ".");
    const signal = call.interruption();
    await call.withRegistry(async (registry) => {
      await registry.withTransaction(readInstallation);
      await serve(call, registry, { host, port, services, exports, signal });
    });
    return { lines: ["Stopped"], json: { stopped: true } };
  },
});

interface Settings {
  readonly host: string;
  readonly port: number;
  readonly services: readonly string[];
  readonly exports: string;
  readonly signal: AbortSignal;
}

/** Serves the page until the verb is interrupted. */
async function serve(call: Call, registry: Registry, settings: Settings): Promise<void> {
  const { host, port, services, exports, signal } = settings;
  const note = (line: string): void => void process.stderr.write(`${visibleLines(line)}\n`);
  const { openConsole } = await import("./console/console.ts");
  const { serveConsole } = await import("./console/server.ts");
  const parts = openConsole({ registry, services, exports, note });
  const server = await serveConsole(parts, host, port).catch(async (error: unknown) => {
    await parts.close();
    throw error;
  });
  const { url } = server;
  call.print(`${url}\n${ADVICE}`, { url });
  if (!isLoopback(host))
    note(`Other machines can reach ${host}, and the connection is not encrypted`);
  if (!signal.aborted) await once(signal, "abort");
  await server.close();
}

function parseAddress(text: string): string {
  if (isIP(text) === 0) {
    throw new UsageError(`--listen ${JSON.stringify(text)} is not an IP address`);
  }
  return text;
}

function parseService(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`--service ${JSON.stringify(text)} is not a URL with http or https`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new UsageError("--service must not contain a user or password: the page shows the URL");
  }
  return url.href;
}

async function requireFolder(text: string): Promise<string> {
  const folder = resolve(text);
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return folder;
  throw new AdminError(
    `Cannot export to ${JSON.stringify(folder)}: it is not a folder; create it first`,
  );
}
