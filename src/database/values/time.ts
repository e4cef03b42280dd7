// Reads PostgreSQL's dates and times in ISO form as instants. It reads a value without a time zone as UTC, because a
// Date is written in UTC. So a stored Date reads back unchanged in every time zone of the process.
// https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-DATETIME-OUTPUT

const INSTANT =
  /^(\d{4,6})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:([+-])(\d\d)(?::?(\d\d))?(?::(\d\d))?)?)?$/;

/**
 * Reads a `date`, a `timestamp` or a `timestamptz`.
 * @returns a Date, rounded down to milliseconds; ±Infinity for `infinity` and `-infinity`; the text itself
 *   for a date before Christ, after the year 275,760 or not in the DateStyle ISO, which a Date cannot hold
 */
export function parseTime(text: string): Date | number | string {
  if (text === "infinity") return Infinity;
  if (text === "-infinity") return -Infinity;
  const found = INSTANT.exec(text);
  if (found === null) return text;
  const [year, month, day, hour, minute, second] = found
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const date = new Date(0);
  // Not Date.UTC: it reads the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(year ?? 0, (month ?? 1) - 1, day);
  date.setUTCHours(hour ?? 0, minute, second, Number((found[7] ?? "").padEnd(3, "0").slice(0, 3)));
  const [offsetHours, offsetMinutes, offsetSeconds] = found
    .slice(9, 12)
    .map((part) => Number(part ?? 0));
  const offset = (offsetHours ?? 0) * 3600 + (offsetMinutes ?? 0) * 60 + (offsetSeconds ?? 0);
  const time = date.getTime() - (found[8] === "-" ? -offset : offset) * 1000;
  return Number.isNaN(time) ? text : new Date(time);
}
