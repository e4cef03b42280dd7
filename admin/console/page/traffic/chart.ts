// One chart over time, drawn by uPlot, with the figures under the pointer or else the newest.

import type uPlotClass from "uplot";
import { type ChartKind, FIELDS, type Line } from "./charts.ts";
import { element, fill, hidden } from "../parts/element.ts";
import { formatClock } from "../parts/format.ts";

const UPLOT = "/vendor/uplot.js";
const HEIGHT = 148;
const GROUP = "traffic";

/** Seconds since 1970, then a column of figures for each of {@link FIELDS}. */
type Columns = readonly (readonly (number | null)[])[];

/** A chart of the page. */
export interface Chart {
  readonly root: HTMLElement;
  /** Replaces the points. */
  setPoints(times: readonly number[], columns: Columns): void;
}

/** Makes a chart. It follows the page's width and colours until the signal is aborted. */
export function openChart(kind: ChartKind, signal: AbortSignal): Chart {
  const readout = element("p", { class: "readout" });
  const plot = element("div", { class: "plot", "aria-hidden": "true" });
  const root = element("figure", { class: "chart" }, element("h3", {}, kind.title), readout, plot);
  let data: uPlotClass.AlignedData = [[]];
  let shown: uPlotClass | undefined;

  const read = (index: number | null | undefined): void => {
    const at = index ?? data[0].length - 1;
    fill(
      readout,
      kind.lines.map((line, number) => {
        const value = data[number + 1]?.[at];
        return element(
          "span",
          {},
          key(line),
          kind.lines.length > 1
            ? element("span", { class: "muted" }, line.name)
            : hidden(line.name),
          element("strong", {}, typeof value === "number" ? kind.format(value) : "–"),
        );
      }),
      typeof index === "number"
        ? element("span", { class: "muted" }, formatClock(new Date((data[0][at] ?? 0) * 1000)))
        : undefined,
    );
  };

  const make = async (): Promise<void> => {
    const { default: UPlot } = (await import(UPLOT)) as { default: typeof uPlotClass };
    if (signal.aborted) return;
    shown?.destroy();
    shown = new UPlot(optionsOf(kind, plot.clientWidth, read), data, plot);
  };
  void make();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", () => void make(), { signal });
  const observer = new ResizeObserver(() =>
    shown?.setSize({ width: plot.clientWidth, height: HEIGHT }),
  );
  observer.observe(plot);
  signal.addEventListener("abort", () => {
    observer.disconnect();
    shown?.destroy();
  });
  return {
    root,
    setPoints(times, columns) {
      const lines = kind.lines.map(({ field }) => [...(columns[FIELDS.indexOf(field)] ?? [])]);
      data = [[...times], ...lines];
      shown?.setData(data);
      read(shown?.cursor.idx);
    },
  };
}

/** Makes a sample of the line's stroke. */
function key({ colour, dash }: Line): HTMLElement {
  const stroke = element("span", { class: "key", "aria-hidden": "true" });
  stroke.style.setProperty("--colour", `var(${colour})`);
  stroke.dataset["dash"] = dash === undefined ? "solid" : (dash[0] ?? 0) > 3 ? "dashed" : "dotted";
  return stroke;
}

function optionsOf(
  { lines, format, atLeast }: ChartKind,
  width: number,
  read: (index: number | null | undefined) => void,
): uPlotClass.Options {
  const style = getComputedStyle(document.documentElement);
  const colourOf = (name: string): string => style.getPropertyValue(name);
  const axis = {
    stroke: colourOf("--muted"),
    font: "11px system-ui, sans-serif",
    grid: { stroke: colourOf("--line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    padding: [8, 8, 0, 0],
    cursor: { sync: { key: GROUP }, y: false, drag: { x: false, y: false } },
    scales: { y: { range: (_, __, max) => [0, Math.max(atLeast, (max ?? 0) * 1.1)] } },
    axes: [
      { ...axis, size: 24, gap: 4, space: 64, values: (_, splits) => splits.map(minute) },
      { ...axis, size: 56, gap: 6, space: 32, values: (_, splits) => splits.map(format) },
    ],
    series: [
      {},
      ...lines.map(({ name, colour, dash }, index) => ({
        label: name,
        stroke: colourOf(colour),
        width: 1.5,
        points: { show: false },
        ...(dash === undefined ? {} : { dash: [...dash] }),
        ...(lines.length === 1 && index === 0 ? { fill: `${colourOf(colour).trim()}1f` } : {}),
      })),
    ],
    hooks: { setCursor: [(plot) => read(plot.cursor.idx)] },
  };
}

function minute(seconds: number): string {
  return formatClock(new Date(seconds * 1000)).slice(0, seconds % 60 === 0 ? 5 : 8);
}
