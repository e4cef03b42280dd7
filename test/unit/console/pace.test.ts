// How many of something are done in a second, by a clock that the test moves.

import { expect } from "chai";
import { createPace } from "../../../admin/console/work/pace.ts";

describe("createPace()", () => {
  it("counts over the last ten seconds, and over less at the beginning", () => {
    let now = 0;
    const pace = createPace(() => now);
    const run = (count: number, everyMs: number): number => {
      let rate = 0;
      for (let step = 0; step < count; step += 1) {
        now += everyMs;
        rate = pace.step();
      }
      return rate;
    };
    expect(run(20, 100)).to.be.closeTo(10, 0.01);
    expect(run(200, 100)).to.be.closeTo(10, 0.2);
    // Ten times as fast for five of the ten seconds.
    expect(run(500, 10)).to.be.closeTo(55, 0.5);
    expect(run(500, 10)).to.be.closeTo(100, 0.5);
    now += 60_000;
    expect(pace.step()).to.equal(0.1);
  });

  it("does not take the first one for a rate", () => {
    expect(createPace(() => 0).step()).to.equal(5);
  });
});
