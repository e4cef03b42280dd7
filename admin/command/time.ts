// Reads a time that a person gives to a verb.

import { UsageError } from "./usage-error.ts";

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?<zone>Z|[+-]\d\d:\d\d)?)?$/;

/**
 * Reads the time of an option: a duration before `now`, such as `2h`, or a date with or without a time. Without a
 * zone it is in UTC, as the verbs print times.
 * @throws {UsageError} that names the option
 */
export function parseTime(option: string, text: string | undefined, now: number): Date | undefined {
  if (text === undefined) return undefined;
  const [, count = "", unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const iso = ISO.exec(text);
  // JavaScript reads a date alone in UTC, and one with a time in the zone of the machine.
  const isBare = iso?.groups?.["zone"] === undefined && text.length > "2026-11-26".length;
  const time = new Date(
    unit === "" ? (isBare ? `${text}Z` : text) : now - Number(count) * (UNITS_MS[unit] ?? 0),
  );
  if ((unit !== "" || iso !== null) && !Number.isNaN(time.getTime())) return time;
  throw new UsageError(
    `--${option} ${JSON.stringify(text)} is not a time such as 2026-11-26, 2026-11-26T10:30Z, 30m, 2h or 7d`,
  );
}
