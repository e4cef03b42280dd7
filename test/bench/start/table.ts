// The start of every verb as Markdown, and against the bars.

import { atMost, type Bar, formatBars, listMissed } from "../report/bar.ts";
import type { PartResult } from "../part.ts";

const QUERY_SECONDS = 0.25;
const HELP_SECONDS = 0.1;

/** CPU seconds of one verb on one Node: the least of some starts. */
export interface Start {
  /** Until its first query; undefined when it does not query the database. */
  readonly query?: number;
  /** Of `--help`. */
  readonly help: number;
}

/** Every verb on one Node. */
export interface NodeStarts {
  /** The major version. */
  readonly node: string;
  /** Of Node with an empty program. */
  readonly empty: number;
  readonly verbs: Readonly<Record<string, Start>>;
}

/** Writes the section, and judges. */
export function describeStarts(found: readonly NodeStarts[], times: number): PartResult {
  const bars = found.flatMap(judge);
  const head = found.flatMap(({ node }) => [
    `Node ${node}: first query`,
    `Node ${node}: \`--help\``,
  ]);
  const verbs = Object.keys(found[0]?.verbs ?? {});
  const rows = [
    ["verb", ...head],
    ["---", ...head.map(() => "---:")],
    ["floor: an empty program", ...found.flatMap(({ empty }) => ["–", show(empty)])],
    ...verbs.map((verb) =>
      [verb].concat(
        found.flatMap(({ verbs }) => [show(verbs[verb]?.query), show(verbs[verb]?.help)]),
      ),
    ),
  ];
  return {
    title: "The start of a verb",
    markdown: [
      `CPU time of the process, user and system, in seconds, the least of ${times} starts in turns: from its start to the ` +
        "arrival of its first query at the server, and of `--help` to its end. Nothing is loaded into the verb to measure it.",
      rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n"),
      `### Bars of the start\n\n${formatBars(bars)}`,
    ].join("\n\n"),
    charts: [],
    figures: { starts: found, bars },
    failures: [],
    missed: listMissed(bars),
  };
}

/** A bar is for the verb that takes most. */
function judge({ node, verbs }: NodeStarts): readonly Bar[] {
  const most = (figure: keyof Start, what: string, limit: number): Bar => {
    const [verb, value] = Object.entries(verbs)
      .map(([name, start]) => [name, start[figure] ?? 0] as const)
      .reduce((largest, one) => (one[1] > largest[1] ? one : largest));
    const bar = atMost(`Node ${node}: ${what} of \`${verb}\`, the most of all verbs, s`, {
      limit,
      value,
    });
    return { ...bar, measured: show(value) };
  };
  return [most("query", "the first query", QUERY_SECONDS), most("help", "`--help`", HELP_SECONDS)];
}

function show(seconds: number | undefined): string {
  return seconds?.toFixed(3) ?? "–";
}
