// What a chart must hold whatever its figures are: every number, no text that ends an element, a dark side.

import { expect } from "chai";
import { barChart, lineChart } from "../../bench/report/chart.ts";

const HOSTILE = `</text><script>alert("1")</script>&]]>`;

describe("chart", () => {
  it("barChart() writes every value with its unit, and a legend for more than one series", () => {
    const groups = [{ label: "one", values: [10, 1234.5] }];
    const svg = barChart({ title: "Reads", unit: "ms", series: ["p50", "p99"], groups });
    for (const text of ["Reads", "one", "10 ms", "1,234.5 ms", "p50", "p99"]) {
      expect(svg).to.include(`>${text}</text>`);
    }
    const lone = [{ label: "one", values: [0] }];
    expect(barChart({ title: "t", unit: "", series: ["lonely"], groups: lone }))
      .to.include(">0</text>")
      .and.not.include("lonely");
  });

  it("barChart() draws a warning in a colour of its own", () => {
    const draw = (isWarning: boolean): string => {
      const groups = [{ label: "one", values: [1], isWarning }];
      return barChart({ title: "t", unit: "", series: ["s"], groups });
    };
    const [warning, usual] = [/<path[^>]* fill="#a40e26"/, /<path[^>]* fill="#0550ae"/];
    expect(draw(true)).to.match(warning).and.not.match(usual);
    expect(draw(false)).to.match(usual).and.not.match(warning);
  });

  it("lineChart() has a tick for each power of ten of tenants", () => {
    const points = [
      [10, 3],
      [1000, 100],
    ] as const;
    const svg = lineChart({ title: "Growth", unit: "MiB", lines: { "a line": points } });
    for (const text of ["Growth", "MiB", "tenants", "10", "100", "1,000"]) {
      expect(svg).to.include(`>${text}</text>`);
    }
  });

  it("escapes every text, and brings the colours of a dark page", () => {
    const bars = barChart({
      title: HOSTILE,
      unit: HOSTILE,
      series: [HOSTILE, `${HOSTILE} 2`],
      groups: [{ label: HOSTILE, values: [1, 2] }],
    });
    const lines = lineChart({ title: HOSTILE, unit: HOSTILE, lines: { [HOSTILE]: [[10, 1]] } });
    for (const svg of [bars, lines]) {
      expect(svg).not.to.include("<script");
      expect(svg).to.include("&lt;script&gt;").and.include("prefers-color-scheme:dark");
    }
  });
});
