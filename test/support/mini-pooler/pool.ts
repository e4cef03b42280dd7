// The server connections of one process of the mini pooler.

import type { Socket } from "node:net";
import pg from "pg";
import { FrameReader } from "./frames.ts";

/** A server connection. */
export interface Backend {
  readonly socket: Socket;
  readonly reader: FrameReader;
  readonly key: Buffer;
}

/** How they are handed out. */
export interface PoolRules {
  /** How many there are at most. */
  readonly poolSize: number;
  /** Whether idle ones are used in turn; the last used one first when left out. */
  readonly roundRobin?: true;
}

/** Server connections, and who waits for one. */
export class Pool {
  readonly #url: string;
  readonly #rules: PoolRules;
  readonly #idle: Backend[] = [];
  readonly #waiting: ((backend: Backend) => void)[] = [];
  /** Whoever closes the pooler ends them. */
  readonly all: Set<pg.Client> = new Set();
  #count = 0;

  constructor(url: string, rules: PoolRules) {
    this.#url = url;
    this.#rules = rules;
  }

  /** An idle one, a new one, or the next that is given back. */
  async take(): Promise<Backend> {
    const idle = this.#rules.roundRobin ? this.#idle.shift() : this.#idle.pop();
    if (idle) return idle;
    if (this.#count >= this.#rules.poolSize) {
      return new Promise((resolve) => this.#waiting.push(resolve));
    }
    this.#count += 1;
    return this.#open();
  }

  /** Gives one back, whose transaction has ended. */
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
