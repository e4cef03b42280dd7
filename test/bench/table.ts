// The result as a Markdown table: of each figure the median over the rounds, and its spread.

import type { Load } from "./load.ts";
import type { Messages } from "./messages.ts";

/** One system in one round. */
export interface Round extends Load {
  /** CPU time per request in microseconds: of the service's process, PgBouncer's, PostgreSQL's. */
  readonly serviceUs: number;
  readonly pgbouncerUs: number;
  readonly postgresUs: number;
}

/** All that is known of one system. */
export interface Measured {
  readonly name: string;
  readonly rounds: readonly Round[];
  readonly messages: Messages | undefined;
}

const HEADINGS = [
  "system",
  "requests/s",
  "p50 ms",
  "p99 ms",
  "service CPU µs/request",
  "PostgreSQL CPU µs/request",
  "PgBouncer CPU µs/request",
  "messages sent/request",
  "round trips/request",
  "right values",
  "foreign values",
  "errors",
];

/** Writes the table; the figures of a system without a database are dashes. */
export function formatTable(systems: readonly Measured[]): string {
  const rows = [HEADINGS, HEADINGS.map((_, index) => (index === 0 ? "---" : "---:"))];
  for (const { name, rounds, messages } of systems) {
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
    rows.push([
      name,
      spread("requestsPerSecond", 0),
      spread("p50Ms", 2),
      spread("p99Ms", 2),
      spread("serviceUs", 0),
      messages ? spread("postgresUs", 0) : "–",
      messages ? spread("pgbouncerUs", 0) : "–",
      messages ? formatMessages(messages) : "–",
      messages ? formatNumber(messages.roundTrips, 1) : "–",
      total("right"),
      total("foreign"),
      total("errors"),
    ]);
  }
  return rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function formatSpread(values: readonly number[], digits: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const high = sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0;
  const [median, least, most] = [(low + high) / 2, sorted[0] ?? 0, sorted.at(-1) ?? 0].map(
    (value) => formatNumber(value, digits),
  );
  return `${median} (${least}–${most})`;
}

function formatMessages({ sent, types }: Messages): string {
  const parts = Object.entries(types).map(([type, count]) => `${formatNumber(count, 1)} ${type}`);
  return `${formatNumber(sent, 1)} (${parts.join(", ")})`;
}

function formatNumber(value: number, digits: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}
