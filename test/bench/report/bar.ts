// A bar: what this project wants of itself, and what was measured.

/** One bar. */
export interface Bar {
  readonly about: string;
  /** Such as "at most 1.25". */
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
}

/** A bound and what was measured. */
export interface Comparison {
  readonly limit: number;
  readonly value: number;
}

/** A bar that a value must not exceed. */
export function atMost(about: string, { limit, value }: Comparison): Bar {
  return { about, wanted: `at most ${shown(limit)}`, measured: shown(value), met: value <= limit };
}

/** A bar that a value must reach. */
export function atLeast(about: string, { limit, value }: Comparison): Bar {
  return { about, wanted: `at least ${shown(limit)}`, measured: shown(value), met: value >= limit };
}

/** A Markdown table. */
export function formatBars(bars: readonly Bar[]): string {
  const rows = bars.map(
    ({ about, wanted, measured, met }) =>
      `| ${about} | ${wanted} | ${measured} | ${met ? "yes" : "**no**"} |`,
  );
  return ["| bar | wanted | measured | met |", "| --- | ---: | ---: | --- |", ...rows].join("\n");
}

/** A line for each bar that was not met. */
export function listMissed(bars: readonly Bar[]): readonly string[] {
  return bars
    .filter(({ met }) => !met)
    .map(({ about, wanted, measured }) => `${about}: ${measured}, wanted ${wanted}`);
}

function shown(value: number): string {
  return value.toFixed(2);
}
