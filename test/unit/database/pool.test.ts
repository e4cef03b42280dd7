// Who uses which connection: one piece of work each, the oldest waiter first, and none that is in doubt.

import { expect } from "chai";
import { Pool } from "../../../src/database/pool/pool.ts";
import type { PooledConnection } from "../../../src/database/pool/pooled-connection.ts";
import type { Claim } from "../../../src/database/pool/waiting-line.ts";
import { AppError } from "../../../src/errors.ts";
import { rejection } from "../../support/rejection.ts";

class FakeConnection implements PooledConnection {
  usable = true;
  refused = false;
  closed: "discarded" | number | undefined;

  abandon(): void {
    this.usable = false;
  }

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

const shareOf = (key: string | undefined, group?: string): Claim =>
  key === undefined ? {} : { owner: group === undefined ? { key } : { key, group } };

function setUp(max: number, timeoutMs = LONG_MS) {
  const opened: FakeConnection[] = [];
  const pool = new Pool({ max, maxOfOwner: max, timeoutMs }, () => {
    const connection = new FakeConnection();
    opened.push(connection);
    return connection;
  });
  /** The connection that the next piece of work gets. */
  const next = (): Promise<FakeConnection> => pool.run(async (connection) => connection);
  return { pool, opened, next };
}

describe("pool.run()", () => {
  it("pool.run() opens a connection on first use and uses it again", async () => {
    const { pool, opened, next } = setUp(2);
    expect(opened).to.have.length(0);
    expect(await pool.run(async () => "a")).to.equal("a");
    await next();
    await next();
    expect(opened).to.have.length(1);
  });

  it("pool.run() keeps a quarter of the connections from any one owner", async () => {
    const { pool, opened } = setUp(4);
    const end = new Signal();
    const order: string[] = [];
    const work = (owner: string | undefined) =>
      pool.run(async () => {
        order.push(owner ?? "nobody's");
        await end.promise;
      }, shareOf(owner));
    const all = ["a", "a", "a", "a", "a", "b", "b", undefined].map(work);
    await Promise.resolve();
    expect(order).to.deep.equal(["a", "a", "a", "b"]);
    end.resolve();
    await Promise.all(all);
    expect(order.slice(4)).to.have.members(["a", "a", "b", "nobody's"]);
    expect(opened).to.have.length(4);
  });

  it("pool.run() keeps a quarter of the connections from a group of unknown hosts, and half from one host", async () => {
    const { pool } = setUp(8);
    const end = new Signal();
    const begun: string[] = [];
    const work = (key: string, group?: string) =>
      pool.run(
        async () => {
          begun.push(key);
          await end.promise;
        },
        shareOf(key, group),
      );
    const all = ["a", "a", "a", "a", "a", "b", "b", "c"].map((key) => work(key, "g"));
    all.push(work("d"), work("d"));
    await Promise.resolve();
    expect(begun).to.deep.equal(["a", "a", "a", "a", "b", "b", "d", "d"]);
    end.resolve();
    await Promise.all(all);
  });

  it("pool.run() gives up what waits when its signal is aborted, and serves who waits behind", async () => {
    const { pool } = setUp(1);
    const running = new Signal();
    const client = new AbortController();
    const held = pool.run(() => running.promise);
    let begun = false;
    const left = rejection(pool.run(async () => void (begun = true), { signal: client.signal }));
    const behind = pool.run(async () => "behind");
    client.abort();
    expect(await left).to.include({ code: "CLIENT_GONE", outcome: undefined });
    expect(pool.counts()).to.include({ waiting: 1 });
    running.resolve();
    await held;
    expect([await behind, begun]).to.deep.equal(["behind", false]);
    const late = pool.run(async () => void (begun = true), { signal: client.signal });
    expect(await rejection(late)).to.include({ code: "CLIENT_GONE" });
    expect(begun).to.equal(false);
  });

  it("pool.run() lets the oldest waiter that may begin, and forgets no other", async () => {
    const { pool } = setUp(3); // two of them for any one owner
    const ends = Array.from({ length: 5 }, () => new Signal());
    const begun: number[] = [];
    const work = (index: number, owner: string) =>
      pool.run(async () => {
        begun.push(index);
        await ends[index]?.promise;
      }, shareOf(owner));
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

  it("pool.run() lets one owner have both of two connections", async () => {
    const { pool } = setUp(2);
    const inner = pool.run(() => pool.run(async () => "inner", { owner: { key: "a" } }), {
      owner: { key: "a" },
    });
    expect(await inner).to.equal("inner");
  });

  it("pool.run() gives one connection to one piece of work at a time", async () => {
    const { pool, opened } = setUp(3);
    const busy = new Set<FakeConnection>();
    let most = 0;
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        pool.run(async (connection) => {
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

  it("pool.run() serves the oldest waiter first", async () => {
    const { pool } = setUp(1);
    const first = new Signal();
    const order: string[] = [];
    const held = pool.run(() => first.promise);
    const waiting = ["a", "b", "c", "d"].map((name) => pool.run(async () => void order.push(name)));
    expect(order).to.deep.equal([]);
    first.resolve();
    await Promise.all([held, ...waiting]);
    expect(order).to.deep.equal(["a", "b", "c", "d"]);
  });

  it("pool.run() passes the work's error on and keeps a connection that is in order", async () => {
    const { pool, opened, next } = setUp(1);
    const error = new Error("a");
    expect(await rejection(pool.run(() => Promise.reject(error)))).to.equal(error);
    expect(await next()).to.equal(opened[0]);
    expect(opened[0]?.closed).to.equal(undefined);
  });

  for (const [outcome, end] of [
    ["failed", () => Promise.reject(new Error("a"))],
    ["succeeded", () => Promise.resolve()],
  ] as const) {
    it(`pool.run() discards a connection in doubt when the work ${outcome}, for the waiter too`, async () => {
      const { pool, opened, next } = setUp(1);
      const work = pool.run((connection) => {
        connection.abandon();
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
  it("pool.run() tells who found no connection in time OVERLOADED: nothing was sent", async () => {
    const { pool, next } = setUp(1, 20);
    let started = false;
    const running = rejection(pool.run(() => new Signal().promise));
    const waiting = rejection(pool.run(async () => void (started = true)));
    expect(await running).to.include({ code: "DATABASE_UNAVAILABLE" });
    expect(await waiting).to.include({ code: "OVERLOADED", outcome: undefined });
    expect(started).to.equal(false);
    expect(await next()).to.include({ usable: true, closed: undefined });
  });

  it("pool.run() ends work when the caller's own time is over, and lets it wait for half of that", async () => {
    const { pool } = setUp(1);
    const until = performance.now() + 20;
    const running = rejection(pool.run(() => new Signal().promise, { until }));
    const waiting = rejection(pool.run(async () => {}, { until }));
    expect(await waiting).to.include({ code: "OVERLOADED" });
    expect(await running).to.include({ code: "DATABASE_UNAVAILABLE" });
  });

  it("pool.run() tells whose work took too long DATABASE_UNAVAILABLE, outcome unknown", async () => {
    const { pool, opened, next } = setUp(1, 20);
    const error = await rejection(pool.run(() => new Signal().promise));
    expect(error).to.be.instanceOf(AppError);
    expect(error).to.include({ code: "DATABASE_UNAVAILABLE", outcome: "unknown" });
    expect(opened[0]).to.include({ usable: false, closed: "discarded" });
    expect(await next()).to.equal(opened[1]);
  });

  for (const [what, settle] of [
    ["a late answer", (late: Signal) => late.resolve()],
    ["a late error", (late: Signal) => late.reject(new Error("a"))],
  ] as const) {
    it(`pool.run() hands a discarded connection to nobody, not even after ${what}`, async () => {
      const { pool, opened, next } = setUp(1, 20);
      const late = new Signal();
      await rejection(pool.run(() => late.promise));
      settle(late);
      await late.promise.catch(() => {});
      expect(await next()).to.equal(opened[1]);
      expect(await next()).to.equal(opened[1]);
    });
  }
});

describe("pool.close()", () => {
  it("pool.close() ends every connection, each within the seconds given", async () => {
    const { pool, opened, next } = setUp(2);
    await Promise.all([next(), next()]);
    await pool.close(7);
    expect(opened.map(({ closed }) => closed)).to.deep.equal([7, 7]);
  });

  it("pool.close() refuses what comes later with OVERLOADED and starts nothing", async () => {
    const { pool, opened, next } = setUp(1);
    await pool.close(1);
    expect(await rejection(next())).to.include({ code: "OVERLOADED", outcome: undefined });
    expect(opened).to.have.length(0);
  });

  it("pool.close() lets what runs end and answer", async () => {
    const { pool } = setUp(1);
    const running = new Signal<string>();
    const answer = pool.run(() => running.promise);
    await pool.close(1);
    running.resolve("a");
    expect(await answer).to.equal("a");
  });

  it("pool.close() leaves no connection open, not even one that a waiter would get", async () => {
    const { pool, opened, next } = setUp(1, 100);
    const running = new Signal<never>();
    const failed = pool.run((connection) => {
      connection.abandon();
      return running.promise;
    });
    const waiter = next();
    await pool.close(1);
    running.reject(new Error("a"));
    await Promise.allSettled([failed, waiter]);
    expect(opened.filter(({ closed }) => closed === undefined)).to.deep.equal([]);
  });
});
