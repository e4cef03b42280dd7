// Charts as SVG texts of a few kilobytes, drawn by Apache ECharts without a browser. An SVG in an <img>
// takes no colour from its page, so each brings the colours of a dark page along.

import { BarChart as Bars, LineChart as Lines } from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent } from "echarts/components";
import { type EChartsCoreOption, init, setPlatformAPI, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([Bars, Lines, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const WIDTH_PX = 760;
const FONT_PX = 13;
const BAR_PX = 17;
// A wide letter of a common sans-serif: the text of a label must never be cut off.
const LETTER_PX = 7.6;

setPlatformAPI({ measureText: (text) => ({ width: text.length * LETTER_PX }) });

const INK = "#1f2328";
const GRID = "#d1d9e0";
// Readers who see colours differently tell them apart, on white and on black.
const SERIES = ["#0550ae", "#bc4c00", "#116329"];
const WARNING = "#a40e26";
const DARK: Readonly<Record<string, string>> = {
  [INK]: "#e6edf3",
  [GRID]: "#3d444d",
  "#0550ae": "#58a6ff",
  "#bc4c00": "#f0883e",
  "#116329": "#56d364",
  [WARNING]: "#ff7b72",
};

/** Horizontal bars. */
export interface BarChart {
  readonly title: string;
  /** Stands behind each number, such as "ms"; may be empty. */
  readonly unit: string;
  /** The names of a group's bars, in their order; one name when every group is one bar. */
  readonly series: readonly string[];
  /** From the top; a value of 0 or more for each of the series. A warning's bars are red. */
  readonly groups: readonly {
    readonly label: string;
    readonly values: readonly number[];
    readonly isWarning?: boolean;
  }[];
}

/** Draws a bar chart. */
export function barChart({ title, unit, series, groups }: BarChart): string {
  const legendPx = series.length > 1 ? 26 : 0;
  const groupPx = series.length * BAR_PX + 12;
  return draw(title, 40 + legendPx + groups.length * groupPx, {
    legend: { ...LEGEND, show: series.length > 1, top: 30, left: 8 },
    grid: { ...GRID_BOUNDS, top: 36 + legendPx, bottom: 4, left: 12, right: 90 },
    xAxis: { type: "value", show: false },
    yAxis: {
      type: "category",
      inverse: true,
      data: groups.map(({ label }) => label),
      axisLabel: TEXT,
      axisLine: { show: false },
      axisTick: { show: false },
    },
    series: series.map((name, index) => ({
      type: "bar",
      name,
      barWidth: BAR_PX - 3,
      data: groups.map(({ values, isWarning = false }) => ({
        value: values[index],
        ...(isWarning && { itemStyle: { color: WARNING } }),
      })),
      label: {
        ...TEXT,
        show: true,
        position: "right",
        formatter: ({ value }: { value: number }) => `${formatNumber(value)} ${unit}`.trim(),
      },
    })),
  });
}

/** Lines over numbers of tenants, which a logarithmic axis shows equally far apart. */
export interface LineChart {
  readonly title: string;
  /** What the upright axis counts, and in which unit. */
  readonly unit: string;
  /** True when the upright axis is logarithmic, too. */
  readonly isLog?: boolean;
  /** Each line's points: the number of tenants with its value, both above 0. */
  readonly lines: Readonly<Record<string, readonly (readonly [tenants: number, value: number])[]>>;
}

/** Draws a line chart. */
export function lineChart({ title, unit, isLog = false, lines }: LineChart): string {
  const axis = {
    axisLabel: { ...TEXT, formatter: formatNumber },
    nameTextStyle: TEXT,
    axisLine: { lineStyle: { color: GRID } },
    splitLine: { lineStyle: { color: GRID } },
  };
  const names = Object.keys(lines);
  return draw(title, 330, {
    legend: { ...LEGEND, show: names.length > 1, top: 6, right: 8 },
    grid: { ...GRID_BOUNDS, top: 66, bottom: 40, left: 12, right: 30 },
    xAxis: {
      ...axis,
      type: "log",
      name: "tenants",
      nameLocation: "middle",
      nameGap: 26,
      splitLine: { show: false },
    },
    yAxis: {
      ...axis,
      type: isLog ? "log" : "value",
      name: unit,
      nameTextStyle: { ...TEXT, align: "left" },
    },
    series: names.map((name) => ({
      type: "line",
      name,
      data: lines[name],
      symbol: "circle",
      symbolSize: 8,
    })),
  });
}

const TEXT = { color: INK, fontSize: FONT_PX };
const LEGEND = { icon: "roundRect", itemWidth: 12, itemHeight: 12, textStyle: TEXT };
const GRID_BOUNDS = { outerBoundsMode: "same", outerBoundsContain: "axisLabel" };

function draw(title: string, height: number, option: EChartsCoreOption): string {
  const chart = init(undefined, undefined, { renderer: "svg", ssr: true, width: WIDTH_PX, height });
  try {
    chart.setOption({
      animation: false,
      color: SERIES,
      textStyle: { fontFamily: "system-ui, sans-serif" },
      title: { text: title, left: 8, top: 4, textStyle: { ...TEXT, fontWeight: 600 } },
      ...option,
    });
    return (
      chart.renderToSVGString().replace("</svg>", `<style>${darkStyle()}</style></svg>`) + "\n"
    );
  } finally {
    chart.dispose();
  }
}

/** ECharts writes colours as attributes, which every rule of a style sheet goes before. */
function darkStyle(): string {
  const rules = Object.entries(DARK).map(
    ([light, dark]) => `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`,
  );
  return `@media (prefers-color-scheme:dark){${rules.join("")}}`;
}

function formatNumber(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 1 });
}
