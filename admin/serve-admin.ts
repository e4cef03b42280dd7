// node admin/serve-admin.js: serves the admin library over HTTP, for code that must not hold the admin role's password.

import { isIP } from "node:net";
import { openAdminRegistry } from "./command/environment/config.ts";
import { runVerb } from "./command/command.ts";
import { UsageError } from "./command/usage-error.ts";
import { isLoopback } from "./console/door/origin.ts";

const PORT = 5080;
const REQUESTS_PER_SECOND = 20;
// A creation that has begun shall end: with many migrations it takes seconds.
const SHUTDOWN_SECONDS = 30;
// A sign-up finds a connection that an earlier one opened.
const IDLE_MS = 60_000;

await runVerb({
  name: "serve-admin",
  about:
    "Serves an HTTP API that creates, finds and changes tenants, to clients with tokens, until Ctrl-C or SIGTERM.",
  operands: [],
  options: {
    "token-file": {
      type: "string",
      value: "FILE",
      about: "The tokens, one NAME SCOPES SHA256 a line; read again when it changes",
    },
    "new-token": {
      type: "string",
      value: "NAME",
      about: "Add a token to the file, print it once, and end",
    },
    scope: {
      type: "string",
      value: "LIST",
      about: "What the new token may do: create, read, hosts, status, settings; all when left out",
    },
    port: { type: "string", value: "N", about: `Port to listen on; ${PORT} when left out` },
    listen: {
      type: "string",
      value: "ADDRESS",
      about:
        "IP address to listen on instead of 127.0.0.1. The API does not use TLS: put a TLS proxy in front of it",
    },
    rate: {
      type: "string",
      value: "N",
      about: `Requests a second of each token; ${REQUESTS_PER_SECOND} when left out`,
    },
  },
  example: "--token-file tokens",
  async run(call) {
    const file = call.text("token-file");
    if (file === undefined) throw new UsageError("it takes --token-file FILE");
    const name = call.text("new-token");
    if (name !== undefined) {
      const { addToken } = await import("./api/tokens/token-file.ts");
      const token = await addToken(file, name, call.text("scope"));
      return { lines: [token], json: { name, token } };
    }
    if (call.has("scope")) throw new UsageError("--scope is for --new-token");
    const hostname = parseAddress(call.text("listen") ?? "127.0.0.1");
    const port = call.integer("port", 1, 65_535) ?? PORT;
    const perSecond = call.integer("rate", 1, 10_000) ?? REQUESTS_PER_SECOND;
    await serveUntilSignal(call.env, { file, hostname, port, perSecond });
    return { lines: [], json: {} };
  },
});

interface Settings {
  readonly file: string;
  readonly hostname: string;
  readonly port: number;
  readonly perSecond: number;
}

/** Serves until a signal, which ends the process. */
async function serveUntilSignal(
  env: NodeJS.ProcessEnv,
  { file, hostname, port, perSecond }: Settings,
): Promise<void> {
  const { createLog } = await import("../src/log.ts");
  const { createLineWriter } = await import("../src/runtime/line-writer.ts");
  const { openTokenFile } = await import("./api/tokens/token-file.ts");
  const { prepareCreation } = await import("./lifecycle/creation.ts");
  const log = createLog("info", createLineWriter());
  const tokens = await openTokenFile(file, log);
  const registry = await openAdminRegistry(env, { idleMs: IDLE_MS });
  // Loads what a creation needs, and fails now for a database or a folder that is wrong.
  await prepareCreation(registry);
  const { openTelemetry, serve } = await import("../src/runtime/node-server.ts");
  const { createApi } = await import("./api/api.ts");
  const { createTokenDoor } = await import("./api/access.ts");
  const { createClosing } = await import("./api/closing.ts");
  const { Rate } = await import("./api/tokens/rate.ts");
  const { createAdmin } = await import("./library/create-admin.ts");
  const exporting = await openTelemetry(
    env,
    { port: undefined, host: "127.0.0.1", maxTenants: 0 },
    log,
  );
  const tenancy = createApi({
    adminOf: (actor) => createAdmin(registry.as(actor), registry.close),
    door: createTokenDoor(tokens, new Rate(perSecond)),
    log,
    telemetry: exporting.telemetry,
  });
  if (!isLoopback(hostname)) {
    log.write("warn", "not encrypted", {
      host: hostname,
      reason: "other machines can read the tokens; put a TLS proxy in front of this address",
    });
  }
  serve({
    tenancy,
    database: createClosing(registry.close),
    log,
    hostname,
    port,
    portOption: "--port",
    shutdownSeconds: SHUTDOWN_SECONDS,
    finish: () => exporting.close(),
  });
  return new Promise(() => {});
}

function parseAddress(text: string): string {
  if (isIP(text) === 0) {
    throw new UsageError(`--listen ${JSON.stringify(text)} is not an IP address`);
  }
  return text;
}
