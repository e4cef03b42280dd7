// Stands in for poolers that Debian has no package of, or that are hard to set up: it hands each message of its
// clients to one of its server connections, by rules that a test picks. It speaks the protocol without encryption,
// asks its clients for no password, and takes one message at a time of each.
// https://www.postgresql.org/docs/current/protocol-flow.html

import { createServer, type AddressInfo, type Socket } from "node:net";
import pg from "pg";
import { FrameReader, type RawFrame } from "./raw-frames.ts";

/** Its rules. */
export interface MiniPoolerRules {
  /** When a client gives its server connection back. */
  readonly mode: "session" | "transaction" | "statement";
  /** How many server connections each process has at most. */
  readonly poolSize: number;
  /** Processes; each client is in one of them, in turn. 1 when left out. */
  readonly processes?: number;
  /** Whether idle server connections are used in turn; the last used one first when left out. */
  readonly roundRobin?: true;
  /** Whether a client is given the key of the server connection that it gets first. */
  readonly serversKey?: true;
}

/** A running pooler. Whoever opened it closes it. */
export interface MiniPooler {
  readonly port: number;
  /** The URL through it. */
  readonly url: string;
  close(): Promise<void>;
}

interface Backend {
  readonly socket: Socket;
  readonly reader: FrameReader;
  readonly key: Buffer;
}

/** Server connections, and who waits for one. */
class Pool {
  readonly #url: string;
  readonly #rules: MiniPoolerRules;
  readonly #idle: Backend[] = [];
  readonly #waiting: ((backend: Backend) => void)[] = [];
  readonly all = new Set<pg.Client>();
  #count = 0;

  constructor(url: string, rules: MiniPoolerRules) {
    this.#url = url;
    this.#rules = rules;
  }

  async take(): Promise<Backend> {
    const idle = this.#rules.roundRobin ? this.#idle.shift() : this.#idle.pop();
    if (idle) return idle;
    if (this.#count >= this.#rules.poolSize) {
      return new Promise((resolve) => this.#waiting.push(resolve));
    }
    this.#count += 1;
    return this.#open();
  }

  give(backend: Backend): void {
    const next = this.#waiting.shift();
    if (next) next(backend);
    else this.#idle.push(backend);
  }

  /** Instead of {@link give}, for one whose client went in the middle of a message. */
  async drop(backend: Backend): Promise<void> {
    backend.socket.destroy();
    const next = this.#waiting.shift();
    if (next) next(await this.#open());
    else this.#count -= 1;
  }

  async #open(): Promise<Backend> {
    const client = new pg.Client(this.#url);
    client.on("error", () => {});
    await client.connect();
    this.all.add(client);
    // pg has logged in, and is then passed over.
    const inner = client as unknown as {
      connection: { stream: Socket };
      processID: number;
      secretKey: number;
    };
    const socket = inner.connection.stream;
    socket.removeAllListeners("data");
    const key = Buffer.alloc(8);
    key.writeInt32BE(inner.processID, 0);
    key.writeInt32BE(inner.secretKey, 4);
    return { socket, reader: new FrameReader(socket), key };
  }
}

/** Opens a pooler on a free port of 127.0.0.1, for one user and database. */
export async function openMiniPooler(url: string, rules: MiniPoolerRules): Promise<MiniPooler> {
  const pools = Array.from({ length: rules.processes ?? 1 }, () => new Pool(url, rules));
  const sockets = new Set<Socket>();
  let clients = 0;
  const listener = createServer({ noDelay: true }, (socket) => {
    const pool = pools[clients++ % pools.length] as Pool;
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    serve(socket, pool, rules, clients).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject).listen({ port: 0, host: "127.0.0.1" }, resolve);
  });
  const { port } = listener.address() as AddressInfo;
  const through = new URL(url);
  through.port = String(port);
  return {
    port,
    url: through.href,
    async close() {
      const closed = new Promise((resolve) => listener.close(resolve));
      for (const socket of sockets) socket.destroy();
      for (const { all } of pools)
        await Promise.all([...all].map((client) => client.end().catch(() => {})));
      await closed;
    },
  };
}

const frame = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const AUTHENTICATED = frame("R", Buffer.alloc(4));
const PARAMETERS = ["client_encoding\0UTF8\0", "standard_conforming_strings\0on\0"].map((text) =>
  frame("S", Buffer.from(text)),
);
const READY = frame("Z", Buffer.from("I"));
const ROLLBACK = frame("Q", Buffer.from("rollback\0"));
const DISCARD = frame("Q", Buffer.from("discard all\0"));

async function serve(
  socket: Socket,
  pool: Pool,
  rules: MiniPoolerRules,
  id: number,
): Promise<void> {
  const reader = new FrameReader(socket);
  await reader.startup();
  let backend: Backend | undefined;
  let key = Buffer.alloc(8, id);
  if (rules.mode === "session" || rules.serversKey) {
    backend = await pool.take();
    if (rules.serversKey) key = Buffer.from(backend.key);
  }
  socket.write(Buffer.concat([AUTHENTICATED, ...PARAMETERS, frame("K", key), READY]));
  let busy = false;
  let state = "I";
  try {
    if (rules.mode !== "session" && backend) backend = void pool.give(backend);
    for (;;) {
      const unit = await readUnit(reader);
      if (unit === undefined) break;
      backend ??= await pool.take();
      busy = true;
      state = await exchange(backend, unit, socket);
      busy = false;
      if (rules.mode === "session" || (rules.mode === "transaction" && state !== "I")) continue;
      if (state !== "I") state = await exchange(backend, [ROLLBACK]);
      backend = void pool.give(backend);
    }
  } finally {
    if (backend && rules.mode === "session" && !busy) {
      if (state !== "I") await exchange(backend, [ROLLBACK]);
      await exchange(backend, [DISCARD]);
      pool.give(backend);
    } else if (backend) await pool.drop(backend);
    socket.destroy();
  }
}

/** What a client sends up to where it waits for ReadyForQuery; undefined at its end. */
async function readUnit(reader: FrameReader): Promise<Buffer[] | undefined> {
  const unit: Buffer[] = [];
  for (;;) {
    const next: RawFrame | undefined = await reader.next();
    if (next === undefined || next.type === "X") return undefined;
    unit.push(next.bytes);
    if (next.type === "Q" || next.type === "S") return unit;
  }
}

/** Sends a unit and passes its answer on, and returns the state of the transaction. */
async function exchange(
  backend: Backend,
  unit: readonly Buffer[],
  client?: Socket,
): Promise<string> {
  backend.socket.write(Buffer.concat(unit));
  for (;;) {
    const answer = await backend.reader.next();
    if (answer === undefined) throw new Error("The server has gone");
    if (client?.destroyed) throw new Error("The client has gone");
    client?.write(answer.bytes);
    if (answer.type === "Z") return answer.bytes.toString("latin1", 5, 6);
  }
}
