// What the parts "growth" and "latency" say of their figures.

import { expect } from "chai";
import { formatTables, type Grown, judge } from "../../bench/growth/report.ts";
import { judge as judgeDistance, type Measured } from "../../bench/latency/table.ts";
import type { Round } from "../../bench/requests/round.ts";

const ROUND: Round = {
  requests: 1000,
  requestsPerSecond: 1000,
  p50Ms: 10,
  p99Ms: 20,
  right: 1000,
  foreign: 0,
  errors: 0,
  serviceUs: 100,
  pgbouncerUs: 50,
  postgresUs: 200,
  wrkUs: 10,
  memoryMiB: 100,
};

function grown(tenants: number, zipf: Partial<Round>): Grown {
  return {
    tenants,
    rounds: { uniform: [ROUND], zipf: [{ ...ROUND, ...zipf }] },
    backend: { firstUs: 300, laterUs: 150, emptyKiB: 2048, fullKiB: 4096, afterAddMs: 1 },
    catalogMiB: 8,
    verbs: { addTenant: 0.5, nothingToDo: 0.4, migrateAll: 1 },
  };
}

describe("bench growth", () => {
  it("judge() holds the most tenants against the fewest", () => {
    const few = grown(10, {});
    expect(judge([few, grown(10_000, { requestsPerSecond: 800, p50Ms: 12.5 })])).to.deep.equal({
      failures: [],
      missed: [],
    });
    const { missed } = judge([few, grown(10_000, { requestsPerSecond: 790, p50Ms: 12.6 })]);
    expect(missed).to.have.length(2);
    expect(missed[0]).to.include("throughput with 10000 tenants is 1.27 times worse");
  });

  it("judge() calls a foreign value and an error a failure", () => {
    expect(judge([grown(10, { foreign: 1 }), grown(100, { errors: 2 })]).failures).to.deep.equal([
      "10 tenants: 1 wrong answers",
      "100 tenants: 2 wrong answers",
    ]);
  });

  it("formatTables() says what a tenant adds to a connection, and has no pools when none were measured", () => {
    const text = formatTables([grown(9, {})], []);
    expect(text).to.include("| 9 | 300 | 150 | 4 | 256 | 1 | 8 |");
    expect(text).not.to.include("server_lifetime");
  });
});

describe("bench latency", () => {
  const far = (p50Ms: number, wrong = 0): Measured["rounds"] => [
    { roundTripMs: 25, p50Ms, p99Ms: 50, wrong },
  ];
  const floor: Measured = { id: "turn", name: "floor", turns: 1, rounds: far(25) };

  it("judge() allows a warm read 1.06 turns, and a Worker its connection", () => {
    const node: Measured = { id: "node", name: "Node", turns: 1, rounds: far(26.4) };
    const worker: Measured = { id: "worker", name: "Worker", turns: 5, rounds: far(140) };
    const recipe: Measured = { id: "recipe", name: "recipe", turns: 5, rounds: far(130, 3) };
    const found = judgeDistance([floor, node, worker, recipe]);
    expect(found.failures).to.deep.equal([]);
    expect(found.bars.map(({ met }) => met)).to.deep.equal([true]);
    const [slower] = judgeDistance([floor, { ...node, rounds: far(26.6) }]).bars;
    expect(slower?.met).to.equal(false);
  });

  it("judge() calls a second turn and a wrong answer a failure", () => {
    const node: Measured = { id: "node", name: "Node", turns: 1.1, rounds: far(25, 2) };
    expect(judgeDistance([floor, node]).failures).to.deep.equal([
      "Node, far away: 2 wrong answers",
      "Node: 1.1 turns a request",
    ]);
  });
});
