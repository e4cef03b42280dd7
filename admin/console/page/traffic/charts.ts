// The charts of the traffic: the figures of each, and their format.

import type { TrafficPoint } from "../../api.ts";
import { formatMs, formatRate, formatShare } from "../parts/format.ts";

/** The figures of a point that the charts show, in the order of the columns. */
export const FIELDS = [
  "requestsPerSecond",
  "errorRate",
  "p50Ms",
  "p95Ms",
  "p99Ms",
] as const satisfies readonly (keyof TrafficPoint)[];

/** One line of a chart. */
export interface Line {
  readonly name: string;
  readonly field: (typeof FIELDS)[number];
  /** The custom property that holds the colour. */
  readonly colour: `--${string}`;
  /** The lengths of dash and gap, so that the lines differ without colour. */
  readonly dash?: readonly number[];
}

/** One chart. */
export interface ChartKind {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** The least value at the upper end of the scale. */
  readonly atLeast: number;
}

/** The charts, from left to right. */
export const CHARTS: readonly ChartKind[] = [
  {
    title: "Requests per second",
    lines: [{ name: "Requests/s", field: "requestsPerSecond", colour: "--line-1" }],
    format: formatRate,
    atLeast: 10,
  },
  {
    title: "Time to answer",
    lines: [
      { name: "p50", field: "p50Ms", colour: "--line-1" },
      { name: "p95", field: "p95Ms", colour: "--line-2", dash: [6, 3] },
      { name: "p99", field: "p99Ms", colour: "--line-3", dash: [2, 3] },
    ],
    format: formatMs,
    atLeast: 5,
  },
  {
    title: "Errors",
    lines: [{ name: "Answers with status 500 and above", field: "errorRate", colour: "--line-3" }],
    format: formatShare,
    atLeast: 0.01,
  },
];
