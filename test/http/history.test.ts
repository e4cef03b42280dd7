// The promise under torture, in short: clients, verbs and faults side by side, every kind of fault and verb
// once, and a history without a finding. `npm run torture` is the long form.

import process from "node:process";
import { expect } from "chai";
import { FAULT_KINDS } from "../torture/faults.ts";
import { formatFigures, toFigures } from "../torture/report.ts";
import { runTorture } from "../torture/run.ts";

const VERBS = [
  ...["add-tenant", "add-domain", "remove-domain", "drop-tenant", "export-tenant", "migrate"],
  "move-tenant",
  ...["rename-tenant", "resume-tenant", "set-tenant", "suspend-tenant"],
];

describe("history", () => {
  it("a history of requests, verbs and faults shows no finding", async function test() {
    this.timeout(120_000);
    const seed = Number(process.env["HISTORY_SEED"] ?? Math.floor(Math.random() * 1_000_000));
    const options = { seed, clients: 8, seconds: Infinity, rounds: 1, quietMs: 100 };
    const figures = toFigures(await runTorture(options));
    const shown = `HISTORY_SEED=${seed}\n${formatFigures(figures)}`;
    expect(figures.findings, shown).to.deep.equal([]);
    expect(figures.undecidedKeys, shown).to.equal(0);
    expect(Object.keys(figures.faults)).to.have.members(FAULT_KINDS);
    expect(Object.keys(figures.verbs)).to.have.members(VERBS);
    for (const answer of ["200", "201", "204", "400 KEY_EXISTS", "404 NOT_FOUND"]) {
      expect(figures.answers[answer], `${answer}; ${shown}`).to.be.greaterThan(0);
    }
    expect(figures.answers["503 DATABASE_UNAVAILABLE"], shown).to.be.greaterThan(0);
    expect(figures.values, shown).to.be.greaterThan(100);
    for (const [end, count] of Object.entries(figures.transactions)) {
      expect(count, `transactions ${end}; ${shown}`).to.be.greaterThan(0);
    }
  });
});
