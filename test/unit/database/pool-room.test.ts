// How many connections there are: fewer than wanted where the server refuses them.

import { expect } from "chai";
import { Pool } from "../../../src/database/pool/pool.ts";
import type { PooledConnection } from "../../../src/database/pool/pooled-connection.ts";
import { rejection } from "../../support/rejection.ts";

const MOST = 8;
const CROWD = 20;
const HOUR_MS = 3_600_000;

/** A server or pooler, the connections to it, and a clock. */
class Server {
  /** How many connections it takes. */
  places = Infinity;
  /** How long a message takes, in milliseconds. */
  takesMs = 25;
  nowMs = 0;
  /** How many connections it refused. */
  refusals = 0;
  /** The names of the messages, in the order in which they arrived. */
  readonly arrived: string[] = [];
  readonly open = new Set<FakeConnection>();
  readonly #running: (() => void)[] = [];

  readonly pool = new Pool(
    { max: MOST, maxOfOwner: MOST, timeoutMs: HOUR_MS },
    () => new FakeConnection(this),
  );

  /** Sends a message. */
  send(name = ""): Promise<string> {
    return this.pool.run(async (connection) => {
      await connection.carry();
      this.arrived.push(name);
      return name;
    });
  }

  answer(): Promise<void> {
    return new Promise((resolve) => this.#running.push(resolve));
  }

  /** Lets the time of one message pass: what runs is answered. */
  async pass(ms = this.takesMs): Promise<void> {
    this.nowMs += ms;
    for (const resolve of this.#running.splice(0)) resolve();
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }

  /** Keeps more messages waiting than there are connections, for so many times that of a message. */
  async crowd(times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      while (this.pool.counts().waiting < CROWD) void this.send();
      await this.pass();
    }
  }

  /** Answers what is left. */
  async drain(): Promise<void> {
    while (this.#running.length > 0) await this.pass();
  }
}

class FakeConnection implements PooledConnection {
  usable = true;
  refused = false;
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  async carry(): Promise<void> {
    const { open, places } = this.#server;
    if (!open.has(this)) {
      if (open.size >= places) {
        await Promise.resolve();
        this.#server.refusals += 1;
        this.refused = true;
        this.usable = false;
        throw new Error("full");
      }
      open.add(this);
    }
    await this.#server.answer();
  }

  abandon(): void {
    this.usable = false;
  }

  discard(): void {
    this.#server.open.delete(this);
  }

  async end(): Promise<void> {
    this.discard();
  }
}

describe("the number of connections", () => {
  let server: Server;

  beforeEach(() => {
    server = new Server();
    performance.now = () => server.nowMs;
  });

  afterEach(async () => {
    await server.drain();
    await server.pool.close(0);
    Reflect.deleteProperty(performance, "now"); // the clock of its prototype is the real one
  });

  it("pool.run() puts what a full server refused back to its place, and sends it once", async () => {
    server.places = 3;
    const names = Array.from({ length: 24 }, (_, index) => String(index));
    const all = Promise.all(names.map((name) => server.send(name)));
    await server.drain();
    expect(await all).to.deep.equal(names);
    expect(server.arrived).to.deep.equal(names);
    expect(server.refusals).to.equal(MOST - 3);
    expect(server.pool.counts()).to.include({ max: 3 });
  });

  it("pool.run() tries one connection after five seconds, and all of them when the server takes them", async () => {
    server.places = 3;
    await server.crowd(10);
    const { refusals } = server;
    server.nowMs += 5000;
    await server.crowd(10);
    expect(server.refusals - refusals).to.equal(1);
    server.places = Infinity;
    server.nowMs += 5000;
    await server.crowd(10);
    expect(server.open.size).to.equal(MOST);
  });

  it("pool.run() fails when the server refuses the only connection: there is none to wait for", async () => {
    server.places = 0;
    const failed = rejection(server.send());
    await server.pass();
    expect(await failed).to.have.property("message", "full");
    server.places = 1;
    const next = server.send("next");
    await server.drain();
    expect(await next).to.equal("next");
  });
});
