// The benchmark's command line.

import { expect } from "chai";
import { parseOptions, usage, UsageError } from "../../bench/options.ts";

const PARTS = ["requests", "latency", "growth"];

describe("parseOptions()", () => {
  it("measures every part, when told nothing", () => {
    expect(parseOptions([], PARTS)).to.deep.equal({
      quick: false,
      out: undefined,
      seconds: 2,
      rounds: 5,
      clients: 32,
      only: PARTS,
    });
  });

  it("makes --quick shorter, and lets a number that is given stand", () => {
    expect(parseOptions(["--quick"], PARTS)).to.include({ seconds: 1, rounds: 1 });
    expect(parseOptions(["--quick", "--seconds", "3"], PARTS)).to.include({
      seconds: 3,
      rounds: 1,
    });
  });

  it("keeps the usual order of the parts that --only names", () => {
    expect(parseOptions(["--only", "growth,requests"], PARTS)?.only).to.deep.equal([
      "requests",
      "growth",
    ]);
  });

  it("gives nothing for --help, and the usage names the parts", () => {
    expect(parseOptions(["--help"], PARTS)).to.equal(undefined);
    expect(usage(PARTS)).to.include("requests, latency, growth");
  });

  for (const [args, problem] of [
    [["--only", "request"], 'Cannot use --only "request": the parts are requests'],
    [["--seconds", "0"], 'Cannot use --seconds "0": it must be 1 to 3600'],
    [["--rounds", "1.5"], 'Cannot use --rounds "1.5": it must be 1 to 1000'],
    [["--clients", "many"], 'Cannot use --clients "many": it must be 1 to 256'],
    [["--fast"], "--fast"],
  ] as const) {
    it(`refuses ${args.join(" ")}`, () => {
      expect(() => parseOptions(args, PARTS)).to.throw(UsageError, problem);
    });
  }
});
