// What a chart must hold whatever it is told: every number at its place, and no text that ends an element.

import { expect } from "chai";
import { barChart, lineChart } from "../../bench/chart.ts";
import { escapeText, formatNumber, linearTicks, logTicks } from "../../bench/chart-frame.ts";

const HOSTILE = `</text><script>alert("1")</script>&\u0000]]>`;

describe("chart", () => {
  it("barChart() draws bars as long as their values, with the unit", () => {
    const svg = barChart({
      title: "Reads",
      description: "Two systems",
      unit: "ms",
      series: ["p50", "p99"],
      groups: [
        { label: "one", values: [10, 1234.5] },
        { label: "two", values: [20, undefined] },
      ],
    });
    const widths = [...svg.matchAll(/y="\d+" width="([\d.]+)" height="16"/g)].map(([, width]) =>
      Number(width),
    );
    expect(widths).to.have.length(3);
    expect((widths[2] ?? 0) / (widths[0] ?? 1)).to.be.closeTo(2, 0.05);
    expect(svg).to.include(">10 ms<").and.to.include(">1,235 ms<");
    expect(svg).to.include(">p50<").and.to.include(">p99<");
  });

  it("barChart() needs no legend for one series", () => {
    const groups = [{ label: "one", values: [0] }];
    const svg = barChart({ title: "t", description: "d", unit: "", series: ["lonely"], groups });
    expect(svg).not.to.include("lonely");
    expect(svg).to.include(">0<");
    expect(svg).not.to.match(/NaN|Infinity/);
  });

  it("lineChart() sets powers of ten equally far apart on a logarithmic axis", () => {
    const svg = lineChart({
      title: "Growth",
      description: "One line",
      x: { label: "tenants", isLog: true },
      y: { label: "requests/s" },
      series: [
        {
          name: "Zipf",
          points: [
            [10, 0],
            [100, 50],
            [1000, 100],
          ],
        },
      ],
    });
    const dots = [...svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    const [first = [], second = [], third = []] = dots;
    expect((second[0] ?? 0) - (first[0] ?? 0)).to.be.closeTo((third[0] ?? 0) - (second[0] ?? 0), 1);
    expect((first[1] ?? 0) - (second[1] ?? 0)).to.be.closeTo((second[1] ?? 0) - (third[1] ?? 0), 1);
    for (const tick of ["10", "100", "1,000"]) expect(svg).to.include(`>${tick}<`);
  });

  it("lineChart() refuses a logarithmic axis with 0", () => {
    const axis = { label: "", isLog: true };
    const series = [{ name: "", points: [[0, 1]] as const }];
    const chart = { title: "", description: "", x: axis, y: { label: "" }, series };
    expect(() => lineChart(chart)).to.throw("Cannot draw a logarithmic axis: it has 0");
  });

  it("every text of a chart is escaped, and the image has a name, a description and a dark side", () => {
    const groups = [{ label: HOSTILE, values: [1, 2] }];
    const text = { title: HOSTILE, description: HOSTILE };
    const bars = barChart({ ...text, unit: HOSTILE, series: [HOSTILE, HOSTILE], groups });
    const axis = { label: HOSTILE };
    const points = [[1, 1]] as const;
    const series = [
      { name: HOSTILE, points },
      { name: HOSTILE, points },
    ];
    const lines = lineChart({ ...text, x: axis, y: axis, series });
    for (const svg of [bars, lines]) {
      expect(svg).not.to.include("<script").and.not.to.include("\u0000");
      expect(svg).to.match(/^<svg [^>]*role="img" aria-labelledby="title desc"/);
      expect(svg).to.include('<title id="title">&lt;/text&gt;').and.to.include('<desc id="desc">');
      expect(svg).to.include("prefers-color-scheme:dark");
    }
  });

  it("escapeText() keeps what XML can hold and replaces what it cannot", () => {
    expect(escapeText(`a<b>&"µ😀\t\n`)).to.equal("a&lt;b&gt;&amp;&quot;µ😀\t\n");
    expect(escapeText("\u0001\ud800\uffff")).to.equal("\ufffd\ufffd\ufffd");
  });

  it("formatNumber() keeps three digits that count", () => {
    const texts = [0, 0.01234, 1.2345, 12.345, 123.45, 12_345.6].map(formatNumber);
    expect(texts).to.deep.equal(["0", "0.0123", "1.23", "12.3", "123", "12,346"]);
  });

  it("linearTicks() and logTicks() reach both ends with round numbers", () => {
    expect(linearTicks(97)).to.deep.equal([0, 25, 50, 75, 100]);
    expect(linearTicks(4)).to.deep.equal([0, 1, 2, 3, 4]);
    expect(linearTicks(0)).to.deep.equal([0, 1]);
    expect(logTicks(10, 10_000)).to.deep.equal([10, 100, 1000, 10_000]);
    expect(logTicks(0.5, 0.5)).to.deep.equal([0.1, 1]);
    expect(logTicks(10, 10)).to.deep.equal([10, 100]);
  });
});
