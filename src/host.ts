// The rules for hosts, in one place: the Host header of a request, and the hosts that the registry stores. One
// parser reads both, so that a lookup finds what was stored. It never guesses: it rejects a host that can be read in
// two ways.

import { AppError } from "./errors.ts";

/** A host in its one normal form: lower case, ASCII, no trailing dot, IPv6 in brackets. */
export interface Host {
  /** Name or address, at most 253 bytes. */
  readonly name: string;
  /** 1 to 65535; undefined when the text has no port. */
  readonly port: number | undefined;
  /** Name and port as one text. */
  readonly text: string;
}

const MAX_NAME_BYTES = 253;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const PLAIN_NAME = /^[a-z0-9._-]+$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const IPV6 = /^\[[0-9a-f:.]+\]$/i;
const PORT = /^[1-9]\d{0,4}$/;

/**
 * Reads a request's host with an optional port, as in `acme.example.com:5000`, `127.0.0.1` or `[::1]:8080`.
 * Names become lower case; one trailing dot is dropped. Only ASCII is valid: a client sends an international
 * name in its ASCII form (`xn--…`), and a runtime may have read other bytes as other characters. An IPv4
 * address needs four decimal parts: `127.1` and `0x7f.1` are invalid.
 * @throws {AppError} HOST_INVALID, with the text and the problem
 * @example
 * ```ts
 * import { parseHost } from "rowhouse";
 *
 * const { name, port } = parseHost("Acme.example.com:5000");
 * console.info(name, port); // acme.example.com 5000
 * ```
 */
export function parseHost(text: string): Host {
  // oxlint-disable-next-line no-control-regex -- the rule is for ASCII
  if (/[^\0-\x7f]/.test(text)) throw invalid(text, "has a character beyond ASCII");
  return parse(text);
}

function parse(text: string): Host {
  if (text.includes("://")) throw invalid(text, "is a URL, and a host has no scheme and no path");
  const colon = text.startsWith("[") ? text.indexOf(":", text.indexOf("]")) : text.indexOf(":");
  const name = parseName(colon < 0 ? text : text.slice(0, colon), text);
  if (colon < 0) return { name, port: undefined, text: name };
  const port = parsePort(text.slice(colon + 1), text);
  return { name, port, text: `${name}:${port}` };
}

/**
 * Reads a host for the registry: a host that {@link parseHost} reads; a Unicode name, which becomes ASCII
 * (IDNA, https://url.spec.whatwg.org/#host-parsing); or `*.` before a name without a port, for every host that
 * has exactly one more label.
 * @returns the normal form
 * @throws {AppError} HOST_INVALID
 * @example
 * ```ts
 * import { parseDomain } from "rowhouse";
 *
 * export const domain = parseDomain("*.Bücher.example"); // "*.xn--bcher-kva.example"
 * ```
 */
export function parseDomain(text: string): string {
  if (!text.startsWith("*.")) return parse(text).text;
  const { name, port } = parse(text.slice(2));
  if (port !== undefined) throw invalid(text, "has both a wildcard and a port");
  if (isAddress(name)) throw invalid(text, "has a wildcard before an address");
  return `*.${name}`;
}

/**
 * The stored hosts that a request's host may match; the first match wins: the host with its port, without it, and
 * `*.` before its parent domain. An address does not have a parent domain.
 * @example
 * ```ts
 * import { candidates, parseHost } from "rowhouse";
 *
 * console.info(candidates(parseHost("a.example:5000"))); // ["a.example:5000", "a.example", "*.example"]
 * ```
 */
export function candidates(host: Host): readonly string[] {
  const found = host.port === undefined ? [host.name] : [host.text, host.name];
  const dot = host.name.indexOf(".");
  if (dot > 0 && !isAddress(host.name)) found.push(`*${host.name.slice(dot)}`);
  return found;
}

function isAddress(name: string): boolean {
  return name.startsWith("[") || IPV4.test(name);
}

function parseName(given: string, text: string): string {
  if (given === "") throw invalid(text, "has no name");
  // One more for a trailing dot. A Unicode name never gets shorter as ASCII.
  if (given.length > MAX_NAME_BYTES + 1) throw invalid(text, `is over ${MAX_NAME_BYTES} bytes`);
  if (given.startsWith("[")) {
    if (!IPV6.test(given)) throw invalid(text, "is not a valid IPv6 address");
    return parseUrlHost(given, text);
  }
  let name = given.toLowerCase();
  if (!PLAIN_NAME.test(name)) {
    // URL would decode %41 and cut at / ? # @ \, so it gets only ASCII characters that a name may have.
    if (/[^-._\w\u0080-\uffff]/.test(name))
      throw invalid(text, "has a character that a host cannot have");
    name = parseUrlHost(name, text);
    if (IPV4.test(name))
      throw invalid(text, "is an address that is not written in the digits 0 to 9");
  }
  if (name.endsWith(".")) name = name.slice(0, -1);
  if (name.length > MAX_NAME_BYTES) throw invalid(text, `is over ${MAX_NAME_BYTES} bytes`);
  const labels = name.split(".");
  for (const label of labels) {
    if (label === "") throw invalid(text, "has an empty label");
    if (!LABEL.test(label)) throw invalid(text, `has an invalid label "${label}"`);
  }
  // https://url.spec.whatwg.org/#ends-in-a-number-checker: URL parsers read such a name as an address.
  if (/^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "") && !IPV4.test(name)) {
    throw invalid(text, "ends in a number but is not an IPv4 address");
  }
  return name;
}

/** The host as the URL standard normalizes it: IDNA names to ASCII, IPv6 to its short form. */
function parseUrlHost(name: string, text: string): string {
  try {
    return new URL(`http://${name}`).hostname;
  } catch {
    throw invalid(text, "is not a valid name or address");
  }
}

function parsePort(digits: string, text: string): number {
  const port = Number(digits);
  if (!PORT.test(digits) || port > 65535) throw invalid(text, "has a port that is not 1 to 65535");
  return port;
}

function invalid(text: string, problem: string): AppError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new AppError("HOST_INVALID", `Cannot read host: ${JSON.stringify(shown)} ${problem}`);
}
