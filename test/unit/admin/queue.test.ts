// Work on many tenants at once: how many are at work, what is put off, and what ends it.

import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { runQueue } from "../../../admin/batch/queue.ts";
import { rejection } from "../../support/rejection.ts";

describe("runQueue()", () => {
  const items = Array.from({ length: 20 }, (_, index) => index);

  it("does every item once, as many at once as it may", async () => {
    const done: number[] = [];
    let [atWork, most] = [0, 0];
    const left = await runQueue(items, 4, async (item) => {
      atWork += 1;
      most = Math.max(most, atWork);
      await setTimeout(1);
      atWork -= 1;
      done.push(item);
      return undefined;
    });
    expect(left).to.deep.equal([]);
    expect(done.toSorted((a, b) => a - b)).to.deep.equal(items);
    expect(most).to.equal(4);
  });

  it("has no barrier: one slow item holds up no other", async () => {
    const order: number[] = [];
    let release = (): void => {};
    const slow = new Promise<void>((resolve) => (release = resolve));
    await runQueue(items, 2, async (item) => {
      if (item === 0) await slow;
      order.push(item);
      if (order.length === items.length - 1) release();
      return undefined;
    });
    expect(order.at(-1)).to.equal(0);
    expect(order.length).to.equal(items.length);
  });

  it("does again what was put off, behind what is ready", async () => {
    const order: string[] = [];
    const seen = new Set<number>();
    const work = (item: number) => {
      const first = !seen.has(item);
      seen.add(item);
      order.push(`${item}${first ? "" : "'"}`);
      return Promise.resolve(first && item === 1 ? { afterMs: 20 } : undefined);
    };
    expect(await runQueue([1, 2, 3], 1, work)).to.deep.equal([]);
    expect(order).to.deep.equal(["1", "2", "3", "1'"]);
  });

  it("shares what an item was cut into among all hands, those with nothing left to take as well", async () => {
    const done: string[] = [];
    let release = (): void => {};
    const slow = new Promise<void>((resolve) => (release = resolve));
    const left = await runQueue(["ab"], 2, async (item) => {
      // The hand that cuts it is not alone, though there was one item.
      await setTimeout(1);
      if (item === "ab") return { afterMs: 0, instead: ["a", "b"] };
      if (item === "a") await slow;
      else release();
      done.push(item);
      return undefined;
    });
    expect(left).to.deep.equal([]);
    expect(done).to.deep.equal(["b", "a"]);
  });

  it("begins nothing after it was stopped, and says what is left", async () => {
    const stopping = new AbortController();
    const done: number[] = [];
    const left = await runQueue(
      items,
      2,
      (item) => {
        done.push(item);
        if (item === 5) stopping.abort();
        return Promise.resolve(item === 3 ? { afterMs: 60_000 } : undefined);
      },
      stopping.signal,
    );
    expect(left).to.include(3);
    expect(left.length + done.length).to.equal(items.length + 1);
  });

  it("throws what the work threw, when what was at work has ended", async () => {
    let ended = false;
    const error = await rejection(
      runQueue(items, 2, async (item) => {
        if (item === 0) throw new Error("no database");
        await setTimeout(5);
        ended = true;
        return undefined;
      }),
    );
    expect(error.message).to.equal("no database");
    expect(ended).to.equal(true);
  });

  it("has any number of hands pause without a warning", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on("warning", note);
    const seen = new Set<number>();
    const { signal } = new AbortController();
    await runQueue(
      items,
      items.length,
      (item) => {
        const first = !seen.has(item);
        seen.add(item);
        return Promise.resolve(first ? { afterMs: 5 } : undefined);
      },
      signal,
    );
    await setTimeout(1);
    process.off("warning", note);
    expect(warnings).to.deep.equal([]);
  });

  it("is done at once with nothing to do", async () => {
    expect(await runQueue([], 4, () => Promise.reject(new Error("called")))).to.deep.equal([]);
  });
});
