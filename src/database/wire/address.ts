// Reads a PostgreSQL URL for the service and the verbs: the server's address, the user, the database, and how far to
// trust the server's certificate. An error here never repeats the URL.
// https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION

import { readRootCertificate } from "./root-certificate.ts";

/** The values of `sslmode`, with libpq's meanings. The default is `disable`. */
const SSL_MODES = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;

/** One of {@link SSL_MODES}. */
type SslMode = (typeof SSL_MODES)[number];

/** The options of `node:tls`. They are complete, because a driver without one of them would check another name. */
export interface TlsOptions {
  /** The name or address that the certificate must be for. */
  readonly host: string;
  /** The name for SNI; undefined for an address, because RFC 6066 section 3 allows only names. */
  readonly servername: string | undefined;
  readonly rejectUnauthorized: boolean;
  /** Certificates in PEM that replace those of the runtime. */
  readonly ca?: string;
  /** Accepts every name, for `verify-ca`. */
  readonly checkServerIdentity?: () => undefined;
}

/** The parts of a PostgreSQL URL. */
export interface DatabaseAddress {
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** The password; empty for a URL without one. */
  readonly password: string;
  readonly applicationName: string | undefined;
  readonly sslMode: SslMode;
  /** The options for a server that offers TLS; false for plain text, even when the server offers TLS. */
  readonly tls: TlsOptions | false;
}

const DEFAULT_PORT = 5432;
const PARAMETERS: readonly string[] = ["sslmode", "sslrootcert", "application_name"];
const SYSTEM = "system";
// Other hosts that RFC 3986 allows would mean several hosts, or the path of a socket.
const HOST = /^(?:[\w.-]+|\[[0-9a-f:.]+\])$/i;
const IP_ADDRESS = /:|^\d+(?:\.\d+){3}$/;

/**
 * Reads a PostgreSQL URL, and the file of its root certificate when it names one.
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
  if (url.username === "") throw new Error("it does not name a user");
  if (url.hostname === "") throw new Error("it does not name a host");
  if (url.hash !== "") throw new Error('it has a "#"; write it as %23');
  if (!HOST.test(url.hostname)) {
    throw new Error(
      "its host must be one ASCII name, one IPv4 address or one IPv6 address in brackets",
    );
  }
  if (url.port === "0") throw new Error("its port must be 1 to 65535");
  const [user, password, database] = decode(url.username, url.password, rawDatabase(trimmed));
  if (database === "") throw new Error("it does not name a database");
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

/** The path as it is written: URL would read the databases "." and ".." as steps of a path. */
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
  // In the startup message NUL ends a text, and the rest would begin the next parameter.
  if (parts.some((part) => part.includes("\0") || !part.isWellFormed())) {
    throw new Error("its user, password or database has a NUL or is not well-formed");
  }
  return parts;
}

/** Reads the parameters as libpq does: percent-encoded, and "+" is not a space. */
function readParameters(search: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of search.slice(1).split("&").filter(Boolean)) {
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    if (!PARAMETERS.includes(name)) throw new Error(refusal(name));
    // Drivers disagree on which of the two counts.
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
  // A parameter that is not a plain name may be part of a password that was not percent-encoded.
  const shown = /^[a-z_]{1,40}$/.test(name) ? `"${name}"` : "after the ?";
  const reason = /^(?:ssl|gss)/.test(name) ? "" : ": a session setting would not survive a pooler";
  return `its parameter ${shown} is not accepted${reason}; use only ${PARAMETERS.join(", ")}`;
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
      "its sslrootcert=system needs sslmode=verify-full: any server can get such a certificate",
    );
  }
  if (mode === "verify-ca" && root === undefined) {
    throw new Error(
      "its sslmode=verify-ca needs sslrootcert=FILE: any server can get a certificate that the runtime trusts; " +
        "or write sslmode=verify-full",
    );
  }
  if (mode === "disable" && root === undefined) return false;
  if (mode === "disable" || mode === "prefer") {
    if (root !== undefined) throw new Error(`its sslrootcert does not apply with sslmode=${mode}`);
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
