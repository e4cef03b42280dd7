// A PostgreSQL URL, read once for service and verbs alike: where the server is, who connects to what, and how
// far the server's certificate is trusted. Nothing here repeats the URL in an error.
// https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION

import { readRootCertificate } from "./root-certificate.ts";

/** What `sslmode` may be; each means what it means to libpq. Without one it is `disable`. */
export const SSL_MODES = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;

/** One of {@link SSL_MODES}. */
export type SslMode = (typeof SSL_MODES)[number];

/** Options of `node:tls`, complete: a driver that leaves one of them out would check another name. */
export interface TlsOptions {
  /** The name or address that the certificate must be for. */
  readonly host: string;
  /** Undefined for an address: RFC 6066 section 3 has names only. */
  readonly servername: string | undefined;
  readonly rejectUnauthorized: boolean;
  /** Certificates in PEM that stand in for those of the runtime. */
  readonly ca?: string;
  /** Accepts every name, for `verify-ca`. */
  readonly checkServerIdentity?: () => undefined;
}

/** What a URL says. */
export interface DatabaseAddress {
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Empty where the URL has none. */
  readonly password: string;
  readonly applicationName: string | undefined;
  readonly sslMode: SslMode;
  /** What to do with a server that takes TLS; false for plain text, whatever it takes. */
  readonly tls: TlsOptions | false;
}

const DEFAULT_PORT = 5432;
const PARAMETERS: readonly string[] = ["sslmode", "sslrootcert", "application_name"];
const SYSTEM = "system";
// The rest of RFC 3986's host would be several hosts, or the path of a socket.
const HOST = /^(?:[\w.-]+|\[[0-9a-f:.]+\])$/i;
const IP_ADDRESS = /:|^\d+(?:\.\d+){3}$/;

/**
 * Reads a PostgreSQL URL and, where it names one, the file of a root certificate.
 * @throws {Error} that completes "Cannot read NAME: …" and holds no part of the URL that could be secret
 */
export function parseAddress(text: string): DatabaseAddress {
  const trimmed = text.trim();
  if (!URL.canParse(trimmed)) {
    throw new Error("it is not a URL; write postgres://USER:PASSWORD@HOST:PORT/DATABASE");
  }
  const url = new URL(trimmed);
  if (url.protocol !== "postgres:" && url.protocol !== "postgresql:") {
    throw new Error("it must begin with postgres:// or postgresql://");
  }
  if (url.username === "") throw new Error("it names no user");
  if (url.hostname === "") throw new Error("it names no host");
  if (url.hash !== "") throw new Error('it has a "#"; write it as %23');
  if (!HOST.test(url.hostname)) {
    throw new Error(
      "its host must be one ASCII name, one IPv4 address or one IPv6 address in brackets",
    );
  }
  if (url.port === "0") throw new Error("its port must be 1 to 65535");
  const [user, password, database] = decode(url.username, url.password, rawDatabase(trimmed));
  if (database === "") throw new Error("it names no database");
  const parameters = readParameters(url.search);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const sslMode = readSslMode(parameters.get("sslmode") ?? "disable");
  return {
    host,
    port: Number(url.port || DEFAULT_PORT),
    database,
    user,
    password,
    applicationName: parameters.get("application_name"),
    sslMode,
    tls: toTls(host, sslMode, parameters.get("sslrootcert")),
  };
}

/** The path as it is written: URL would take the databases "." and ".." for steps of a path. */
function rawDatabase(text: string): string {
  return /^[^/]*\/\/[^/?#]*\/([^?#]*)/.exec(text)?.[1] ?? "";
}

function decode(user: string, password: string, database: string): [string, string, string] {
  let parts: [string, string, string];
  try {
    parts = [decodeURIComponent(user), decodeURIComponent(password), decodeURIComponent(database)];
  } catch {
    throw new Error("its user, password or database is not percent-encoded");
  }
  // In the startup message NUL ends a text, and the next parameter begins.
  if (parts.some((part) => part.includes("\0") || !part.isWellFormed())) {
    throw new Error("its user, password or database has a NUL or is not well-formed");
  }
  return parts;
}

/** As libpq does: percent-encoded, and a plus is a plus. */
function readParameters(search: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of search.slice(1).split("&").filter(Boolean)) {
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    if (!PARAMETERS.includes(name)) throw new Error(refusal(name));
    // Which of the two counts, no two drivers agree on.
    if (parameters.has(name)) throw new Error(`it has the parameter "${name}" twice`);
    try {
      parameters.set(name, decodeURIComponent(value));
    } catch {
      throw new Error(`its parameter "${name}" is not percent-encoded`);
    }
    if (value.includes("%00")) throw new Error(`its parameter "${name}" has a NUL`);
  }
  return parameters;
}

function refusal(name: string): string {
  // What is not a plain name may be part of a password that was not percent-encoded.
  const shown = /^[a-z_]{1,40}$/.test(name) ? `"${name}"` : "after the ?";
  const reason = /^(?:ssl|gss)/.test(name) ? "" : ": a session setting would not survive a pooler";
  return `its parameter ${shown} is not accepted${reason}; accepted are ${PARAMETERS.join(", ")}`;
}

function readSslMode(text: string): SslMode {
  const mode = SSL_MODES.find((known) => known === text);
  if (mode === undefined) throw new Error(`its sslmode must be one of ${SSL_MODES.join(", ")}`);
  return mode;
}

function toTls(host: string, mode: SslMode, root: string | undefined): TlsOptions | false {
  if (root === "") throw new Error("its sslrootcert is empty");
  if (root === SYSTEM && mode !== "verify-full") {
    throw new Error(
      "its sslrootcert=system asks for sslmode=verify-full: anybody has such a certificate",
    );
  }
  if (mode === "verify-ca" && root === undefined) {
    throw new Error(
      "its sslmode=verify-ca needs sslrootcert=FILE: anybody has a certificate that the runtime trusts; " +
        "or write sslmode=verify-full",
    );
  }
  if (mode === "disable" && root === undefined) return false;
  if (mode === "disable" || mode === "prefer") {
    if (root !== undefined) throw new Error(`its sslrootcert has no meaning with sslmode=${mode}`);
  }
  const name = host.replace(/\.$/, "");
  const identity = { host: name, servername: IP_ADDRESS.test(name) ? undefined : name };
  const ca = root === undefined || root === SYSTEM ? {} : { ca: readRootCertificate(root) };
  switch (mode) {
    case "verify-full":
      return { ...identity, ...ca, rejectUnauthorized: true };
    case "verify-ca":
      return { ...identity, ...ca, rejectUnauthorized: true, checkServerIdentity: acceptName };
    default:
      // With a root certificate, require is verify-ca: as in libpq.
      return root === undefined
        ? { ...identity, rejectUnauthorized: false }
        : { ...identity, ...ca, rejectUnauthorized: true, checkServerIdentity: acceptName };
  }
}

function acceptName(): undefined {
  return undefined;
}
