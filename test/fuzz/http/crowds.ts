// Crowds: many clients at once, each of which is harmless alone. Bodies that have no end, and one tenant under many
// spellings of its host. All the while the other tenants are served.

import { connect } from "node:net";
import fc from "fast-check";
import type { TestDatabase } from "../../support/database/database.ts";
import { holdRow } from "../../support/database/row-lock.ts";
import { until } from "../../support/until.ts";
import { exchange } from "./exchange.ts";
import { type Input, NAMED, requestText, valueOf } from "./input.ts";

/** The limits of the service that {@link fuzzCrowds} asks. */
export const CROWD_LIMITS = {
  BODY_TIMEOUT_MS: "400",
  MAX_IN_FLIGHT: "64",
  TENANT_MAX_IN_FLIGHT: "8",
} as const;

const SHARE = Number(CROWD_LIMITS.TENANT_MAX_IN_FLIGHT);
// The service's own timers, and a busy machine.
const PATIENCE_MS = 10_000;

interface EndlessBody {
  readonly host: string;
  /** A length that is declared, or undefined for chunks. */
  readonly length: number | undefined;
  /** The bytes that come at once, and those that come every few milliseconds, without end. */
  readonly first: string;
  readonly more: string;
}

const hosts = NAMED.map(({ host }) => host.replace("*", "a"));
const endless: fc.Arbitrary<EndlessBody> = fc.record({
  host: fc.constantFrom(...hosts),
  length: fc.constantFrom(undefined, 1, 100, 131_072, 131_073, 2 ** 40),
  first: fc.constantFrom("", "{", '{"value":', "[", " ", '{"value":"'),
  more: fc.constantFrom("", " ", "1", "x".repeat(4096), "\u0000"),
});

/** What a body that never ends is answered with: too slow, too large, or both at once and cut. */
const ENDLESS: ReadonlySet<string> = new Set(
  "BODY_TIMEOUT BODY_TOO_LARGE BODY_INVALID 400 none".split(" "),
);

const spelling = fc
  .tuple(fc.constantFrom("acme.example", "ACME.example", "acme.EXAMPLE."), fc.nat(65_534))
  // Port 5000 is another tenant's.
  .map(([name, port]) => (port === 0 || port === 5000 ? name : `${name}:${port}`));
const subdomain = fc
  .tuple(fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/), fc.nat(65_535))
  .map(([label, port]) => `${label}.wild.example${port === 0 ? "" : `:${port}`}`);
const crowd = fc.oneof(
  fc.record({
    schemaName: fc.constant("acme"),
    spellings: fc.array(spelling, { minLength: 12, maxLength: 50 }),
  }),
  fc.record({
    schemaName: fc.constant("wild"),
    spellings: fc.array(subdomain, { minLength: 12, maxLength: 50 }),
  }),
);

/**
 * Sends crowds of both kinds to a service that has {@link CROWD_LIMITS}.
 * @throws {Error} for the first finding, in its smallest form and with the seed
 */
export async function fuzzCrowds(
  port: number,
  database: Pick<TestDatabase, "adminUrl" | "sql">,
  { seed, runs }: { readonly seed: number; readonly runs: number },
): Promise<void> {
  const bodies = fc.asyncProperty(
    fc.array(endless, { minLength: 1, maxLength: 100 }),
    async (inputs) => {
      const answers = inputs.map((input) => sendEndless(port, input));
      await serveAll(port);
      for (const answer of await Promise.all(answers)) {
        if (!ENDLESS.has(answer)) throw new Error(`Found: a body without end: ${answer}`);
      }
    },
  );
  await fc.assert(bodies, { seed, numRuns: runs, endOnFailure: true });
  const spellings = fc.asyncProperty(crowd, async ({ schemaName, spellings: crowded }) => {
    await checkShare(port, database, schemaName, crowded);
  });
  await fc.assert(spellings, { seed, numRuns: runs, endOnFailure: true });
}

/** Whatever its hosts are called, a tenant whose row is held has its share of places, and the rest is refused. */
async function checkShare(
  port: number,
  database: Pick<TestDatabase, "adminUrl" | "sql">,
  schemaName: string,
  spellings: readonly string[],
): Promise<void> {
  const tenant = NAMED.find((named) => named.schemaName === schemaName)?.tenant ?? 0;
  const ask = (host: string, input: Partial<Input> & { readonly method: string }) => {
    const body = input.method === "PUT" ? `{"value":${valueOf(tenant)}}` : "";
    const lines = [`Host: ${host}`, `Content-Length: ${body.length}`];
    const target = "/data/9";
    const bytes = requestText({ method: input.method, target, lines, body });
    return exchange(port, { bytes, tenants: [0, tenant], allowed: [], ...input });
  };
  // The service knows a spelling once it has been answered.
  for (const host of spellings) {
    await ask(host, { method: "GET", allowed: ["200", "NOT_FOUND"] });
  }
  const lock = await holdRow(database, schemaName, 9);
  try {
    const codes: string[] = [];
    const sent = Promise.all(
      spellings.map(async (host) => {
        codes.push(...(await ask(host, { method: "PUT", allowed: ["200", "TENANT_BUSY"] })));
      }),
    );
    // It is awaited below, after what may fail before.
    sent.catch(() => {});
    await lock.waiting(SHARE);
    const refused = spellings.length - SHARE;
    await until(`${refused} of ${spellings.length} are not refused`, () => codes.length >= refused);
    await serveAll(port, schemaName);
    await lock.release();
    await sent;
    const busy = codes.filter((code) => code === "TENANT_BUSY").length;
    if (busy !== refused) throw new Error(`Found: ${busy} of ${spellings.length} were refused`);
  } finally {
    await lock.release();
  }
}

/** Asks for every tenant's value in good order. */
async function serveAll(port: number, but = ""): Promise<void> {
  const others = NAMED.filter(({ schemaName }) => schemaName !== but);
  await Promise.all(
    others.map(({ tenant, host }) =>
      exchange(port, {
        bytes: requestText({ lines: [`Host: ${host.replace("*", "a")}`] }),
        allowed: ["200"],
        tenants: [tenant],
        inOrder: [tenant],
      }),
    ),
  );
}

const MORE_EVERY_MS = 10;

/** Sends a body on and on until the service ends the connection; resolves to the answer's code. */
function sendEndless(port: number, { host, length, first, more }: EndlessBody): Promise<string> {
  return new Promise((resolve) => {
    const chunk = (text: string): string =>
      length === undefined && text !== "" ? `${text.length.toString(16)}\r\n${text}\r\n` : text;
    const framing =
      length === undefined ? "Transfer-Encoding: chunked" : `Content-Length: ${length}`;
    const lines = [`Host: ${host}`, framing];
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let received = "";
    socket.setEncoding("latin1").on("data", (text: string) => (received += text));
    socket.on("error", () => {});
    // A short body may be whole by its length: what comes after it is no request.
    const head = { method: "PUT", target: "/data/9", lines, body: "" };
    socket.write(requestText(head) + chunk(length === 1 ? "" : first.slice(0, length)), "latin1");
    const timer = setInterval(() => {
      if (length === undefined || length > 100) socket.write(chunk(more), "latin1");
    }, MORE_EVERY_MS);
    const late = setTimeout(() => socket.destroy(), PATIENCE_MS);
    socket.on("close", () => {
      clearInterval(timer);
      clearTimeout(late);
      const answer = received.slice(received.lastIndexOf("HTTP/1.1"));
      const code = /"code":"(\w+)"/.exec(answer)?.[1];
      resolve(code ?? (received === "" ? "none" : answer.slice(9, 12)));
    });
  });
}
