// The runner of work on many tenants: counts, attempts, and when it begins no more.

import { expect } from "chai";
import { forEachTenant } from "../../../admin/batch/for-each-tenant.ts";
import { rejection } from "../../support/rejection.ts";

interface Outcome {
  readonly outcome: "done" | "failed";
  readonly name: string;
}

const NONE = { done: 0, failed: 0 };
const ignore = (outcome: Outcome): void => void outcome;

describe("forEachTenant()", () => {
  it("counts and reports each outcome, on top of the counts that it begins with", async () => {
    const reported: string[] = [];
    const { counts, left } = await forEachTenant(
      ["a", "b", "c"],
      { done: 2, failed: 1 },
      { concurrency: 2, report: ({ name }: Outcome) => reported.push(name) },
      async (name, { end }) => end({ name, outcome: name === "b" ? "failed" : "done" }),
    );
    expect({ counts, left }).to.deep.equal({ counts: { done: 4, failed: 2 }, left: [] });
    expect(reported).to.have.members(["a", "b", "c"]);
  });

  it("tells the work which attempt it is, of each item by itself", async () => {
    const attempts: string[] = [];
    const { counts } = await forEachTenant(
      ["a", "b"],
      NONE,
      { concurrency: 1, report: ignore },
      async (name, { attempt, end }) => {
        attempts.push(`${name}${attempt}`);
        return name === "b" || attempt === 3 ? end({ name, outcome: "done" }) : { afterMs: 0 };
      },
    );
    expect(attempts).to.have.members(["a1", "a2", "a3", "b1"]);
    expect(counts).to.deep.equal({ done: 2, failed: 0 });
  });

  it("begins no more after so many failures, nor once the signal is aborted", async () => {
    const fail = async (name: string, turn: { end(this: void, outcome: Outcome): undefined }) =>
      turn.end({ name, outcome: "failed" });
    const enough = await forEachTenant(
      ["a", "b", "c", "d"],
      NONE,
      { concurrency: 1, maxFailures: 2, report: ignore },
      fail,
    );
    expect(enough).to.deep.equal({ counts: { done: 0, failed: 2 }, left: ["c", "d"] });
    const stopping = new AbortController();
    const stopped = await forEachTenant(
      ["a", "b"],
      NONE,
      { concurrency: 1, signal: stopping.signal, report: () => stopping.abort() },
      fail,
    );
    expect(stopped).to.deep.equal({ counts: { done: 0, failed: 1 }, left: ["b"] });
  });

  it("rejects with what the work throws", async () => {
    const failure = new Error("no");
    const options = { concurrency: 1, report: ignore };
    const error = await rejection(
      forEachTenant(["a"], NONE, options, () => Promise.reject(failure)),
    );
    expect(error).to.equal(failure);
  });
});
