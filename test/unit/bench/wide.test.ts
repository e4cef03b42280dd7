// The page of wide tenants.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { readSections } from "../../bench/wide/page.ts";
import { formatPage, replaceSection, type Section } from "../../bench/wide/section.ts";
import { ROOT } from "../../support/pages/checkout.ts";

const COST = { seconds: 3, verbCpu: 1, serverCpu: 2, connectionMiB: 40 };
const SECTION: Section = {
  tenants: 1000,
  tables: 100,
  machine: "- today",
  lines: [{ work: "status", cost: COST, floor: COST }],
  emptyMiB: 2,
  fullMiB: 1507.4,
  catalogs: "1832 MB",
  relations: 1_000_000,
};

describe("bench wide", () => {
  it("formatPage() gives the page that stands in the results", async () => {
    const page = await readFile(join(ROOT, "test/bench/results/wide.md"), "utf8");
    expect(formatPage(await readSections())).to.equal(page);
  });

  it("replaceSection() renews the section of its size and leaves the others", () => {
    const larger = { ...SECTION, tenants: 10_000, machine: "- long ago" };
    const old = { ...SECTION, note: "Old figures.", machine: "- yesterday" };
    const sections = replaceSection([old, larger], SECTION);
    expect(sections).to.deep.equal([larger, SECTION]);
    const page = formatPage(sections);
    expect(page).to.include("## 1,000 tenants of 100 tables\n");
    expect(page).to.include("- long ago").and.not.to.include("Old figures.");
    expect(page).to.include("1,507 MiB").and.to.include("2 µs of the server's CPU for each");
  });
});
