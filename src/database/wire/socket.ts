// Opens the socket of a connection on runtimes with Node's modules, so that this library sees the bytes before the
// driver keeps them, and checks the certificate as the address says. On Workers the driver opens its own socket.

import type { DatabaseAddress, TlsOptions } from "./address.ts";

/** The part of a socket of `node:net` or `node:tls` that this library uses. */
export interface Socket {
  host?: string;
  on(event: "data", listener: (piece: Uint8Array) => void): void;
  on(event: "error", listener: () => void): void;
  once(event: string, listener: (value: never) => void): void;
  off(event: string, listener: (value: never) => void): void;
  setNoDelay(noDelay: boolean): void;
  write(bytes: Uint8Array): void;
  destroy(error?: Error): void;
}

interface Net {
  connect(options: { readonly host: string; readonly port: number }): Socket;
}

interface Tls {
  connect(options: TlsOptions & { readonly socket: Socket }): Socket;
}

interface Builtins {
  getBuiltinModule?(id: "node:net"): Net;
  getBuiltinModule?(id: "node:tls"): Tls;
}

// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
const SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47);
const ACCEPTED = 0x53; // S

/** Opens a socket to an address. */
export type OpenSocket = (address: DatabaseAddress, timeoutMs: number) => Promise<Socket>;

/** Finds the function that opens sockets on this runtime; undefined where the driver opens its own. */
export function findOpenSocket(): OpenSocket | undefined {
  const { process, navigator } = globalThis as {
    process?: Builtins;
    navigator?: { readonly userAgent?: string };
  };
  // Workers have these modules, but their sockets end with the request. The driver has its own code for Workers.
  if (navigator?.userAgent === "Cloudflare-Workers") return undefined;
  const net = process?.getBuiltinModule?.("node:net");
  const tls = process?.getBuiltinModule?.("node:tls");
  if (net === undefined || tls === undefined) return undefined;
  return (address, timeoutMs) => open(net, tls, address, timeoutMs);
}

/**
 * Connects, and encrypts the connection as the address says.
 * @throws the socket's own error; code CONNECT_TIMEOUT when it took too long
 */
async function open(
  net: Net,
  tls: Tls,
  { host, port, sslMode, tls: options }: DatabaseAddress,
  timeoutMs: number,
): Promise<Socket> {
  const raw = net.connect({ host, port });
  const timer = setTimeout(() => raw.destroy(failure("CONNECT_TIMEOUT")), timeoutMs);
  // When an encrypted socket fails, the socket below it emits an error, too.
  raw.on("error", () => {});
  try {
    await next(raw, "connect");
    raw.setNoDelay(true);
    if (options === false) return raw;
    raw.write(SSL_REQUEST);
    const answer = await next<Uint8Array>(raw, "data");
    // Further bytes would count as encrypted: https://nvd.nist.gov/vuln/detail/CVE-2021-23222
    if (answer.length !== 1) throw failure("TLS_REFUSED");
    if (answer[0] !== ACCEPTED) {
      if (sslMode === "prefer") return raw;
      throw failure("TLS_REFUSED");
    }
    const secure = tls.connect({ ...options, socket: raw });
    await next(secure, "secureConnect");
    return secure;
  } catch (error) {
    raw.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(`Cannot connect: ${code}`), { code });
}

/** Waits for an event of a socket; rejects when the socket fails or closes first. */
function next<T>(socket: Socket, event: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle =
      <V>(tell: (value: V) => void) =>
      (value: V): void => {
        socket.off(event, done);
        socket.off("error", failed);
        socket.off("close", closed);
        tell(value);
      };
    const done = settle<T>(resolve);
    const failed = settle<Error>(reject);
    const closed = settle<unknown>(() => reject(failure("ECONNRESET")));
    socket.once(event, done);
    socket.once("error", failed);
    socket.once("close", closed);
  });
}
