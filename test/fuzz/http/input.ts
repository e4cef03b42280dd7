// What is sent to the service, byte for byte, and what it may answer.

/** A tenant whose values say whose they are. */
export interface Named {
  readonly tenant: number;
  readonly schemaName: string;
  readonly host: string;
}

/** The tenants that hostile requests are sent to. */
export const NAMED: readonly [Named, Named, ...Named[]] = [
  { tenant: 1, schemaName: "acme", host: "acme.example" },
  { tenant: 2, schemaName: "other", host: "other.example" },
  { tenant: 3, schemaName: "wild", host: "*.wild.example" },
  { tenant: 4, schemaName: "port", host: "acme.example:5000" },
  { tenant: 5, schemaName: "six", host: "[::1]:8080" },
  { tenant: 6, schemaName: "idna", host: "xn--bcher-kva.example" },
  { tenant: 7, schemaName: "four", host: "10.0.0.1" },
];

/** One input, on a connection of its own. */
export interface Input {
  /** One character for each byte. */
  readonly bytes: string;
  /** How many bytes go into one write; all of them when left out. */
  readonly piece?: number;
  /**
   * What each answer may be: a code of src/README.md, a status without a problem, such as "200" or the "400"
   * of the HTTP parser, or "none" for a connection that is closed without an answer.
   */
  readonly allowed: readonly string[];
  /** The tenants whose values may be in the answers. */
  readonly tenants: readonly number[];
  /** The request may have no end for the service: the client ends when nothing comes for a while. */
  readonly unfinished?: true;
  /** How many answers there may be; 1 when left out. */
  readonly answers?: number;
  /** The tenants whose values must be in the answers, one each and in this order. */
  readonly inOrder?: readonly number[];
}

/** What an input is made of. */
export interface Parts {
  readonly method?: string;
  readonly target?: string;
  /** Whole lines; the Host line is one of them. */
  readonly lines: readonly string[];
  readonly body?: string;
  /** Does not ask for the connection to be closed. */
  readonly kept?: true;
}

/** A request as text; it asks for the connection to be closed unless it is `kept`. */
export function requestText(parts: Parts): string {
  const { method = "GET", target = "/data/1", lines, body = "", kept } = parts;
  const close = kept ? [] : ["Connection: close"];
  return [`${method} ${target} HTTP/1.1`, ...lines, ...close, "", body].join("\r\n");
}

/** The first tenant, alone. */
export const MINE: readonly number[] = [1];

/** What Node's HTTP parser answers by itself. */
export const PARSER: readonly string[] = ["400", "431"];

/** Who sends on after the answer is reset, and may not get to read it. */
export const OVER: readonly string[] = ["none"];

/** The Host line of the first tenant. */
export const ACME = "Host: acme.example";

/** The value of a tenant under key 1. */
export function valueOf(tenant: number): number {
  return tenant * 1_000_000 + 1;
}

/** The tenant that a host's text leads to, by the rules of admin/README.md and not by the service's parser. */
export function tenantOf(text: string): number | undefined {
  const plain = text.trim().normalize("NFKC").replaceAll("\u00ad", "").toLowerCase();
  const [, name = "", port] = /^(.*?)(?::(\d+))?$/s.exec(plain) ?? [];
  const bare = name.replace(/\.$/, "");
  const hosts = [`${bare}:${port}`, bare, bare.replace(/^[^.]*/, "*")];
  return hosts.flatMap((host) => NAMED.filter((named) => named.host === host))[0]?.tenant;
}
