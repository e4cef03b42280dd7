// Charts as SVG texts of a few kilobytes, for a page that may be light or dark.

import {
  at,
  drawFrame,
  escapeText,
  formatNumber,
  linearTicks,
  logTicks,
  widthOf,
} from "./chart-frame.ts";

const WIDTH_PX = 760;
const BAR_PX = 18;
const GROUP_GAP_PX = 12;
const PLOT_PX = 260;
const PAD_PX = 12;

/** Horizontal bars. */
export interface BarChart {
  readonly title: string;
  /** What is to be seen, in a sentence, for who cannot see it. */
  readonly description: string;
  /** Stands behind each number, such as "ms"; may be empty. */
  readonly unit: string;
  /** The names of a group's bars, in their order; one name when every group is one bar. */
  readonly series: readonly string[];
  /** From the top; a value of 0 or more for each of the series, or undefined for none. */
  readonly groups: readonly {
    readonly label: string;
    readonly values: readonly (number | undefined)[];
  }[];
}

/** Draws a bar chart. */
export function barChart({ title, description, unit, series, groups }: BarChart): string {
  const values = groups.flatMap((group) => group.values.map((value) => value ?? 0));
  const textOf = (value: number): string => `${formatNumber(value)}${unit ? ` ${unit}` : ""}`;
  const left = PAD_PX + Math.max(0, ...groups.map(({ label }) => widthOf(label))) + 8;
  const room = WIDTH_PX - PAD_PX - left - 8 - Math.max(0, ...values.map((v) => widthOf(textOf(v))));
  const scale = room / (Math.max(...values) || 1);
  const content: string[] = [];
  let y = 0;
  for (const { label, values } of groups) {
    const height = series.length * BAR_PX;
    content.push(
      `<text class="end" x="${at(left - 8)}" y="${at(y + height / 2 + 4)}">${escapeText(label)}</text>`,
    );
    for (const [index] of series.entries()) {
      const value = values[index];
      if (value === undefined) continue;
      const top = y + index * BAR_PX;
      content.push(
        `<rect class="c${index}" x="${at(left)}" y="${top + 1}" width="${at(Math.max(1, value * scale))}" height="${BAR_PX - 2}" rx="2"/>` +
          `<text x="${at(left + value * scale + 6)}" y="${top + BAR_PX - 5}">${escapeText(textOf(value))}</text>`,
      );
    }
    y += height + GROUP_GAP_PX;
  }
  const heightPx = Math.max(0, y - GROUP_GAP_PX);
  return drawFrame({ title, description, legend: series, widthPx: WIDTH_PX, heightPx }, content);
}

/** One direction of a line chart. */
export interface Axis {
  /** What it counts, and in which unit. */
  readonly label: string;
  /** Powers of ten are as far apart as one another; every number must be above 0 then. */
  readonly isLog?: boolean;
}

/** Lines through points. */
export interface LineChart {
  readonly title: string;
  /** What is to be seen, in a sentence, for who cannot see it. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly {
    readonly name: string;
    /** Each x with its y, from the least x to the most. */
    readonly points: readonly (readonly [x: number, y: number])[];
  }[];
}

/** Draws a line chart; an axis that is not logarithmic begins at 0. */
export function lineChart({ title, description, x, y, series }: LineChart): string {
  const points = series.flatMap((one) => one.points);
  const across = scaleOf(
    x,
    points.map(([value]) => value),
  );
  const up = scaleOf(
    y,
    points.map(([, value]) => value),
  );
  const left = PAD_PX + Math.max(...up.ticks.map((tick) => widthOf(formatNumber(tick)))) + 8;
  const right = WIDTH_PX - PAD_PX - widthOf("10,000") / 2;
  const top = 24;
  const bottom = top + PLOT_PX;
  const toX = (value: number): string => at(left + across.share(value) * (right - left));
  const toY = (value: number): string => at(bottom - up.share(value) * PLOT_PX);
  const content = [
    `<text x="${PAD_PX}" y="10">${escapeText(y.label)}</text>`,
    `<text class="middle" x="${at((left + right) / 2)}" y="${bottom + 42}">${escapeText(x.label)}</text>`,
    ...up.ticks.map(
      (tick) =>
        `<path class="grid" d="M${at(left)} ${toY(tick)}H${at(right)}"/>` +
        `<text class="end" x="${at(left - 8)}" y="${at(Number(toY(tick)) + 4)}">${formatNumber(tick)}</text>`,
    ),
    ...across.ticks.map(
      (tick) =>
        `<path class="grid" d="M${toX(tick)} ${bottom}v5"/>` +
        `<text class="middle" x="${toX(tick)}" y="${bottom + 20}">${formatNumber(tick)}</text>`,
    ),
    ...series.map(({ points }, index) => {
      const path = points.map(([px, py]) => `${toX(px)} ${toY(py)}`).join("L");
      const dots = points
        .map(([px, py]) => `<circle class="c${index}" cx="${toX(px)}" cy="${toY(py)}" r="3.5"/>`)
        .join("");
      return `<path class="line l${index}" d="M${path}"/>${dots}`;
    }),
  ];
  const legend = series.map(({ name }) => name);
  return drawFrame(
    { title, description, legend, widthPx: WIDTH_PX, heightPx: bottom + 44 },
    content,
  );
}

/** Where a value lies between the first tick and the last, from 0 to 1. */
function scaleOf(
  { isLog }: Axis,
  values: readonly number[],
): { readonly ticks: readonly number[]; share(value: number): number } {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (isLog && !(least > 0)) {
    throw new Error(`Cannot draw a logarithmic axis: it has ${least}; give it numbers above 0`);
  }
  const ticks = isLog ? logTicks(least, most) : linearTicks(most);
  const turn = (value: number): number => (isLog ? Math.log10(value) : value);
  const [first, last] = [turn(ticks[0] ?? 0), turn(ticks.at(-1) ?? 1)];
  return { ticks, share: (value) => (turn(value) - first) / (last - first) };
}
