// Many deadlines, one timer.

import { expect } from "chai";
import { Deadlines } from "../../../src/database/pool/deadlines.ts";

describe("Deadlines", () => {
  const passed: string[] = [];
  const named = (name: string, ms: number, pass?: () => void) => ({
    at: performance.now() + ms,
    pass: () => {
      passed.push(name);
      pass?.();
    },
  });

  beforeEach(() => {
    passed.length = 0;
  });

  it("add() calls each when it has passed, the earliest first, in whatever order they came", async () => {
    const deadlines = new Deadlines();
    await new Promise<void>((resolve) => {
      deadlines.add(named("last", 60, resolve));
      deadlines.add(named("first", 5));
      deadlines.add(named("second", 30));
    });
    expect(passed).to.deep.equal(["first", "second", "last"]);
  });

  it("add() calls the earliest first, too, when the process was late for several", async () => {
    const deadlines = new Deadlines();
    await new Promise<void>((resolve) => {
      deadlines.add(named("last", 4, resolve));
      deadlines.add(named("first", 2));
      const late = performance.now() + 6;
      while (performance.now() < late);
    });
    expect(passed).to.deep.equal(["first", "last"]);
  });

  it("add() calls none before its time", async () => {
    const deadlines = new Deadlines();
    const deadline = named("it", 20.4);
    const { pass } = deadline;
    const at = await new Promise<number>((resolve) => {
      deadlines.add({
        ...deadline,
        pass: () => {
          pass();
          resolve(performance.now());
        },
      });
    });
    expect(at).to.be.at.least(deadline.at);
  });

  it("delete() keeps it from passing, and the others pass all the same", async () => {
    const deadlines = new Deadlines();
    const kept = named("kept", 5);
    await new Promise<void>((resolve) => {
      deadlines.add(kept);
      deadlines.add(named("other", 10, resolve));
      deadlines.delete(kept);
    });
    expect(passed).to.deep.equal(["other"]);
  });

  it("add() may be called by one that passes", async () => {
    const deadlines = new Deadlines();
    await new Promise<void>((resolve) => {
      const next = (): void => deadlines.add(named("next", 1, resolve));
      deadlines.add(named("first", 1, next));
    });
    expect(passed).to.deep.equal(["first", "next"]);
  });

  it("clear() forgets them all", async () => {
    const deadlines = new Deadlines();
    const later = new Deadlines();
    deadlines.add(named("forgotten", 1));
    deadlines.clear();
    await new Promise<void>((resolve) => later.add(named("later", 20, resolve)));
    expect(passed).to.deep.equal(["later"]);
  });
});
