// One input sent, and what came back judged.

import { connect } from "node:net";
import { ERRORS } from "../../../src/example/errors.ts";
import type { Input } from "./input.ts";

const MAX_MS = 5000;
const QUIET_MS = 30;
const PER_TENANT = 1_000_000;
// What a message of PostgreSQL or of a driver has, and no answer of the service.
const LEAKED =
  /SQLSTATE|syntax error|relation "|violates|enter_tenant|PostgresError|node_modules|    at /i;

/**
 * Sends an input and resolves to what each answer was: a code, a bare status, or "none".
 * @throws {Error} for an answer that the input does not allow
 */
export async function exchange(port: number, input: Input): Promise<readonly string[]> {
  const started = performance.now();
  const received = await send(port, input);
  const ms = performance.now() - started;
  const answers = received
    .split(/(?=HTTP\/1\.1 \d{3} )/)
    .filter((text) => !text.startsWith("HTTP/1.1 100 "));
  const codes = received === "" ? ["none"] : answers.map(codeOf);
  const problems = codes.filter((code) => !input.allowed.includes(code));
  if (problems.length > 0)
    fail(`answered ${problems.join()}, allowed ${input.allowed.join()}`, received);
  if (codes.length > (input.answers ?? 1)) fail(`${codes.length} answers`, received);
  const owners = Array.from(received.matchAll(/"value":(-?\d+)/g), ([, digits]) =>
    Math.floor(Number(digits) / PER_TENANT),
  );
  if (owners.some((owner) => !input.tenants.includes(owner))) fail("a foreign value", received);
  if (input.inOrder && input.inOrder.join() !== owners.join())
    fail(`values of ${owners.join()}`, received);
  if (LEAKED.test(received)) fail("a message that is not the service's", received);
  if (ms > MAX_MS) fail(`it took ${Math.round(ms)} ms`, received);
  return codes;
}

function fail(what: string, received: string): never {
  throw new Error(`Found: ${what}: ${JSON.stringify(received.slice(0, 600))}`);
}

function codeOf(answer: string): string {
  const status = Number(answer.slice(9, 12));
  if (!/^content-type: application\/problem\+json/im.test(answer)) return String(status);
  const code = /"code":"(\w+)"/.exec(answer)?.[1] ?? "";
  const known = Object.entries(ERRORS).find(([name]) => name === code)?.[1];
  return known?.status === status ? code : `${status} with code ${code}`;
}

/** Resolves to all that comes back, when the connection has ended. */
function send(port: number, { bytes, piece, unfinished }: Input): Promise<string> {
  return new Promise((resolve) => {
    let received = "";
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.setEncoding("latin1").on("data", (text: string) => (received += text));
    // It may be cut while it still sends.
    socket.on("error", () => {});
    socket.on("close", () => resolve(received));
    const step = piece ?? bytes.length;
    const next = (at: number): void => {
      if (at < bytes.length) {
        socket.write(bytes.slice(at, at + step), "latin1", () => setImmediate(next, at + step));
      } else if (unfinished) socket.setTimeout(QUIET_MS, () => socket.end());
      else socket.setTimeout(MAX_MS, () => socket.destroy());
    };
    next(0);
  });
}
