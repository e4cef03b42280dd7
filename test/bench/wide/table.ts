// The costs as Markdown.

import type { Cost } from "./measure.ts";

/** A line of the table. */
export interface Line {
  readonly work: string;
  readonly cost: Cost;
  /** Left out where nothing smaller does the same. */
  readonly floor?: Pick<Cost, "seconds" | "serverCpu">;
}

/** Writes the head of the table. */
export const HEAD: string = [
  "| work | seconds | floor | ratio | verb CPU s | server CPU s | floor's | connection MiB |",
  "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
].join("\n");

/** Writes a line. */
export function formatLine({ work, cost, floor }: Line): string {
  const cells = [
    work,
    number(cost.seconds),
    floor === undefined ? "–" : number(floor.seconds),
    floor === undefined ? "–" : (cost.seconds / floor.seconds).toFixed(1),
    number(cost.verbCpu),
    number(cost.serverCpu),
    floor === undefined ? "–" : number(floor.serverCpu),
    cost.connectionMiB === 0 ? "–" : cost.connectionMiB.toFixed(0),
  ];
  return `| ${cells.join(" | ")} |`;
}

function number(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}
