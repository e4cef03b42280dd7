// The result as a Markdown table: of each figure the median over the rounds, and its spread.

import type { Messages } from "../messages.ts";
import { median } from "./median.ts";
import type { Round } from "./round.ts";

/** All that is known of one system in one mode. */
export interface Measured {
  readonly name: string;
  readonly rounds: readonly Round[];
  /** False for what has no database, whose figures are dashes. */
  readonly database: boolean;
  readonly messages: Messages | undefined;
}

const HEADINGS = [
  "system",
  "requests/s",
  "p50 ms",
  "p99 ms",
  "service CPU µs",
  "PostgreSQL CPU µs",
  "PgBouncer CPU µs",
  "memory MiB",
  "right",
  "foreign",
  "errors",
];

/** Writes the table; CPU time is per request. */
export function formatTable(systems: readonly Measured[]): string {
  const rows = systems.map(({ name, rounds, database }) => {
    const spread = (figure: keyof Round, digits: number): string =>
      formatSpread(
        rounds.map((round) => round[figure]),
        digits,
      );
    const total = (figure: keyof Round): string =>
      formatNumber(
        rounds.reduce((sum, round) => sum + round[figure], 0),
        0,
      );
    return [
      name,
      spread("requestsPerSecond", 0),
      spread("p50Ms", 2),
      spread("p99Ms", 2),
      spread("serviceUs", 0),
      database ? spread("postgresUs", 0) : "–",
      database ? spread("pgbouncerUs", 0) : "–",
      formatNumber(rounds.at(-1)?.memoryMiB ?? 0, 0),
      total("right"),
      total("foreign"),
      total("errors"),
    ];
  });
  return formatRows(HEADINGS, rows);
}

/** Writes what a request costs in messages, of the systems that were counted. */
export function formatMessages(systems: readonly Measured[]): string {
  const rows = systems.flatMap(({ name, messages }) => {
    if (messages === undefined) return [];
    const { sent, roundTrips, types } = messages;
    const kinds = Object.entries(types).map(([type, count]) => `${formatNumber(count, 1)} ${type}`);
    return [[name, formatNumber(sent, 1), formatNumber(roundTrips, 1), kinds.join(", ")]];
  });
  return formatRows(["system", "messages sent", "round trips", "by type"], rows);
}

function formatRows(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = headings.map((_, index) => (index === 0 ? "---" : "---:"));
  return [headings, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function formatSpread(values: readonly number[], digits: number): string {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)].map(
    (value) => formatNumber(value, digits),
  );
  return `${middle} (${least}–${most})`;
}

function formatNumber(value: number, digits: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}
