// The entry for Deno: `deno serve src/deno.ts`, with the flags of `npm run dev:deno`. Deno listens by
// its own --host and --port; everything else is configured as on Node.

import { createApp } from "./example/app.ts";
import { readConfig, SERVICE_VARIABLES } from "./config.ts";
import { openDatabase } from "./database/database.ts";
import { createLog, describeError } from "./log.ts";
import { createTelemetry } from "./telemetry/telemetry.ts";

/** What this entry needs of Deno: https://docs.deno.com/api/deno/ */
declare const Deno: {
  readonly env: { get(name: string): string | undefined };
  readonly stdout: { writeSync(bytes: Uint8Array): number };
  addSignalListener(signal: "SIGINT" | "SIGTERM", listener: () => void): void;
  exit(status: number): never;
};

const config = readConfig(
  Object.fromEntries(Object.keys(SERVICE_VARIABLES).map((name) => [name, Deno.env.get(name)])),
);
const utf8 = new TextEncoder();
const log = createLog(config.LOG_LEVEL, (line) => void Deno.stdout.writeSync(utf8.encode(line)));
const database = openDatabase(config);
// Deno has an SDK of its own, which OTEL_DENO=true switches on: https://docs.deno.com/runtime/fundamentals/open_telemetry/
const telemetry = createTelemetry({ maxTenants: config.METRICS_MAX_TENANTS });
telemetry?.observe(database);
const app = createApp({ log, telemetry, config });

let draining = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => void drain(signal));
}
for (const kind of ["error", "unhandledrejection"] as const) {
  globalThis.addEventListener(kind, (event) => {
    event.preventDefault();
    const thrown = "reason" in event ? event.reason : event.error;
    log.write("error", "crash", { error: describeError(thrown) });
    Deno.exit(1);
  });
}

/** Finishes what runs, refuses what comes, closes the connections, and exits. */
async function drain(signal: string): Promise<void> {
  if (draining) return;
  draining = true;
  log.write("info", "draining", { signal, seconds: config.SHUTDOWN_SECONDS });
  setTimeout(() => {
    log.write("error", "drain failed", { seconds: config.SHUTDOWN_SECONDS });
    Deno.exit(1);
  }, config.SHUTDOWN_SECONDS * 1000);
  await app.drain();
  // The last answers have left the handlers, and are on their way to the sockets.
  await new Promise((resolve) => setTimeout(resolve, 100));
  await database.close(1);
  log.write("info", "drained");
  Deno.exit(0);
}

/** What `deno serve` asks for: https://docs.deno.com/runtime/reference/cli/serve/ */
const handler: { fetch(request: Request): Promise<Response> } = {
  fetch: (request) => app.fetch(plainTarget(request), database),
};

/**
 * Deno makes the URL of a target in absolute form of that target: where its host is not the header's,
 * there are two. https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
 */
function plainTarget(request: Request): Request {
  const host = request.headers.get("host");
  const authority = /^https?:\/\/([^/?#]*)/i.exec(request.url)?.[1] ?? "";
  if (host === null || authority.toLowerCase() === host.toLowerCase()) return request;
  return new Request("http://localhost/", { headers: { host: `${host}, ${authority}` } });
}

export default handler;
