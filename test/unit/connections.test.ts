// Who uses which connection: one piece of work each, the oldest waiter first, and none that is in doubt.

import { expect } from "chai";
import { type Connection, Connections } from "../../src/database/pool.ts";
import { AppError } from "../../src/errors.ts";
import { rejection } from "../support/rejection.ts";

class FakeConnection implements Connection {
  usable = true;
  closed: "discarded" | number | undefined;

  discard(): void {
    this.closed = "discarded";
  }

  async end(seconds: number): Promise<void> {
    this.closed = seconds;
  }
}

/** A promise that is settled from outside. */
class Signal<T = void> {
  resolve!: (value: T) => void;
  reject!: (reason: unknown) => void;
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

const LONG_MS = 60_000;

function setUp(max: number, timeoutMs = LONG_MS) {
  const opened: FakeConnection[] = [];
  const connections = new Connections(max, timeoutMs, () => {
    const connection = new FakeConnection();
    opened.push(connection);
    return connection;
  });
  /** The connection that the next piece of work gets. */
  const next = (): Promise<FakeConnection> => connections.run(async (connection) => connection);
  return { connections, opened, next };
}

describe("connections.run()", () => {
  it("connections.run() opens a connection on first use and uses it again", async () => {
    const { connections, opened, next } = setUp(2);
    expect(opened).to.have.length(0);
    expect(await connections.run(async () => "a")).to.equal("a");
    await next();
    await next();
    expect(opened).to.have.length(1);
  });

  it("connections.run() keeps a quarter of the connections from any one owner", async () => {
    const { connections, opened } = setUp(4);
    const end = new Signal();
    const order: string[] = [];
    const work = (owner: string | undefined) =>
      connections.run(async () => {
        order.push(owner ?? "nobody's");
        await end.promise;
      }, owner);
    const all = ["a", "a", "a", "a", "a", "b", "b", undefined].map(work);
    await Promise.resolve();
    expect(order).to.deep.equal(["a", "a", "a", "b"]);
    end.resolve();
    await Promise.all(all);
    expect(order.slice(4)).to.have.members(["a", "a", "b", "nobody's"]);
    expect(opened).to.have.length(4);
  });

  it("connections.run() lets the oldest waiter that may begin, and forgets no other", async () => {
    const { connections } = setUp(3); // two of them for any one owner
    const ends = Array.from({ length: 5 }, () => new Signal());
    const begun: number[] = [];
    const work = (index: number, owner: string) =>
      connections.run(async () => {
        begun.push(index);
        await ends[index]?.promise;
      }, owner);
    const all = [work(0, "a"), work(1, "a"), work(2, "b"), work(3, "a"), work(4, "b")];
    await Promise.resolve();
    expect(begun).to.deep.equal([0, 1, 2]);
    ends[2]?.resolve();
    await all[2];
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).to.deep.equal([0, 1, 2, 4]);
    for (const end of ends) end.resolve();
    await Promise.all(all);
    expect(begun).to.deep.equal([0, 1, 2, 4, 3]);
  });

  it("connections.run() lets one owner have both of two connections", async () => {
    const { connections } = setUp(2);
    const inner = connections.run(() => connections.run(async () => "inner", "a"), "a");
    expect(await inner).to.equal("inner");
  });

  it("connections.run() gives one connection to one piece of work at a time", async () => {
    const { connections, opened } = setUp(3);
    const busy = new Set<FakeConnection>();
    let most = 0;
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        connections.run(async (connection) => {
          expect(busy.has(connection)).to.equal(false);
          busy.add(connection);
          most = Math.max(most, busy.size);
          for (let turn = 0; turn <= index % 5; turn += 1) await Promise.resolve();
          busy.delete(connection);
        }),
      ),
    );
    expect(most).to.equal(3);
    expect(opened).to.have.length(3);
  });

  it("connections.run() serves the oldest waiter first", async () => {
    const { connections } = setUp(1);
    const first = new Signal();
    const order: string[] = [];
    const held = connections.run(() => first.promise);
    const waiting = ["a", "b", "c", "d"].map((name) =>
      connections.run(async () => void order.push(name)),
    );
    expect(order).to.deep.equal([]);
    first.resolve();
    await Promise.all([held, ...waiting]);
    expect(order).to.deep.equal(["a", "b", "c", "d"]);
  });

  it("connections.run() passes the work's error on and keeps a connection that is in order", async () => {
    const { connections, opened, next } = setUp(1);
    const error = new Error("a");
    expect(await rejection(connections.run(() => Promise.reject(error)))).to.equal(error);
    expect(await next()).to.equal(opened[0]);
    expect(opened[0]?.closed).to.equal(undefined);
  });

  for (const [outcome, end] of [
    ["failed", () => Promise.reject(new Error("a"))],
    ["succeeded", () => Promise.resolve()],
  ] as const) {
    it(`connections.run() discards a connection in doubt when the work ${outcome}, for the waiter too`, async () => {
      const { connections, opened, next } = setUp(1);
      const work = connections.run((connection) => {
        connection.usable = false;
        return end();
      });
      const waiter = next();
      await work.catch(() => {});
      expect(opened[0]?.closed).to.equal("discarded");
      expect(await waiter).to.equal(opened[1]);
      expect(await next()).to.equal(opened[1]);
      expect(opened).to.have.length(2);
    });
  }
});

describe("the time that a piece of work has", () => {
  it("connections.run() tells who found no connection in time OVERLOADED: nothing was sent", async () => {
    const { connections, next } = setUp(1, 20);
    let started = false;
    const running = rejection(connections.run(() => new Signal().promise));
    const waiting = rejection(connections.run(async () => void (started = true)));
    expect(await running).to.include({ code: "DATABASE_UNAVAILABLE" });
    expect(await waiting).to.include({ code: "OVERLOADED", outcome: undefined });
    expect(started).to.equal(false);
    expect(await next()).to.include({ usable: true, closed: undefined });
  });

  it("connections.run() tells whose work took too long DATABASE_UNAVAILABLE, outcome unknown", async () => {
    const { connections, opened, next } = setUp(1, 20);
    const error = await rejection(connections.run(() => new Signal().promise));
    expect(error).to.be.instanceOf(AppError);
    expect(error).to.include({ code: "DATABASE_UNAVAILABLE", outcome: "unknown" });
    expect(opened[0]).to.include({ usable: false, closed: "discarded" });
    expect(await next()).to.equal(opened[1]);
  });

  for (const [what, settle] of [
    ["a late answer", (late: Signal) => late.resolve()],
    ["a late error", (late: Signal) => late.reject(new Error("a"))],
  ] as const) {
    it(`connections.run() hands a discarded connection to nobody, not even after ${what}`, async () => {
      const { connections, opened, next } = setUp(1, 20);
      const late = new Signal();
      await rejection(connections.run(() => late.promise));
      settle(late);
      await late.promise.catch(() => {});
      expect(await next()).to.equal(opened[1]);
      expect(await next()).to.equal(opened[1]);
    });
  }
});

describe("connections.close()", () => {
  it("connections.close() ends every connection, each within the seconds given", async () => {
    const { connections, opened, next } = setUp(2);
    await Promise.all([next(), next()]);
    await connections.close(7);
    expect(opened.map(({ closed }) => closed)).to.deep.equal([7, 7]);
  });

  it("connections.close() refuses what comes later with OVERLOADED and starts nothing", async () => {
    const { connections, opened, next } = setUp(1);
    await connections.close(1);
    expect(await rejection(next())).to.include({ code: "OVERLOADED", outcome: undefined });
    expect(opened).to.have.length(0);
  });

  it("connections.close() lets what runs end and answer", async () => {
    const { connections } = setUp(1);
    const running = new Signal<string>();
    const answer = connections.run(() => running.promise);
    await connections.close(1);
    running.resolve("a");
    expect(await answer).to.equal("a");
  });

  it("connections.close() leaves no connection open, not even one that a waiter would get", async () => {
    const { connections, opened, next } = setUp(1, 100);
    const running = new Signal<never>();
    const failed = connections.run((connection) => {
      connection.usable = false;
      return running.promise;
    });
    const waiter = next();
    await connections.close(1);
    running.reject(new Error("a"));
    await Promise.allSettled([failed, waiter]);
    expect(opened.filter(({ closed }) => closed === undefined)).to.deep.equal([]);
  });
});
