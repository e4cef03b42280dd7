// The benchmark's report.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { PartResult } from "../../bench/part.ts";
import { formatReport, writeReport } from "../../bench/report/report.ts";

const RESULT: PartResult = {
  title: "Requests",
  markdown: "A table.",
  charts: [{ file: "requests.svg", title: "Requests per second", svg: "<svg/>" }],
  figures: { rate: 7 },
  failures: [],
  missed: ["p50: 1.2, wanted 1.1"],
};

describe("formatReport()", () => {
  it("has a section for each part, its charts by their titles, and the bars missed", () => {
    expect(formatReport("- a machine", { requests: RESULT })).to.equal(
      [
        "# Rowhouse, measured",
        "- a machine",
        "## Requests",
        "A table.",
        "![Requests per second](./requests.svg)",
        "## Bars missed",
        "- p50: 1.2, wanted 1.1",
        "",
      ].join("\n\n"),
    );
  });

  it("ends with what failed", () => {
    const failed = { ...RESULT, missed: [], failures: ["3 foreign values"] };
    expect(formatReport("", { requests: failed })).to.match(
      /## Failures\n\n- 3 foreign values\n\n$/,
    );
  });
});

describe("writeReport()", () => {
  it("puts Markdown, figures and charts into a folder that it makes", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rowhouse-report-"));
    try {
      const inner = join(folder, "made");
      await writeReport(inner, "- a machine", { requests: RESULT });
      const figures: unknown = JSON.parse(await readFile(join(inner, "requests.json"), "utf8"));
      expect(figures).to.deep.equal({ machine: "- a machine", figures: { rate: 7 } });
      expect(await readFile(join(inner, "requests.md"), "utf8")).to.include("A table.");
      expect(await readFile(join(inner, "requests.svg"), "utf8")).to.equal(RESULT.charts[0]?.svg);
      await writeReport(inner, "- another machine", { latency: RESULT });
      expect(await readFile(join(inner, "requests.md"), "utf8")).to.include("- a machine");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
