// Formats numbers and times for people, each with its unit.

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Formats 12345 as `12,345`. */
export function formatNumber(value: number): string {
  return WHOLE.format(value);
}

/** Formats a number with its noun: `1 tenant`, `12,345 tenants`. */
export function formatCount(value: number, word: string, plural = `${word}s`): string {
  return `${formatNumber(value)} ${value === 1 ? word : plural}`;
}

/** Formats bytes in steps of 1024, as PostgreSQL does: `8 kB`, `1.4 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, "")} ${BYTE_UNITS[unit]}`;
}

/** Formats milliseconds: `0.8 ms`, `42 ms`, `3.2 s`. */
export function formatMs(ms: number): string {
  if (ms >= 60_000) return formatDuration(ms / 1000);
  if (ms >= 1000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms === 0) return "0 ms";
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

/** Formats seconds in the two largest units: `42 s`, `3 min 5 s`, `2 h 10 min`, `4 d 2 h`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const steps: readonly (readonly [number, string])[] = [
    [86_400, "d"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
  ];
  const first = steps.findIndex(([size]) => whole >= size);
  if (first === -1) return "0 s";
  const [size, unit] = steps[first] ?? [1, "s"];
  const [nextSize, nextUnit] = steps[first + 1] ?? [1, ""];
  const rest = Math.floor((whole % size) / nextSize);
  const head = `${Math.floor(whole / size)} ${unit}`;
  return rest > 0 && nextUnit !== "" ? `${head} ${rest} ${nextUnit}` : head;
}

/** Formats a part of one: `0 %`, `0.02 %`, `12 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0) return "0 %";
  if (percent < 0.01) return "< 0.01 %";
  return `${percent < 1 ? percent.toFixed(2) : percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

/** Formats a rate without its unit: `0.4`, `7.2`, `1,204`. */
export function formatRate(value: number): string {
  return value > 0 && value < 10 ? value.toFixed(1) : formatNumber(value);
}

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const CLOCK = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** Formats a time of day in the reader's time zone: `18:04:12`. */
export function formatClock(time: Date): string {
  return CLOCK.format(time);
}

/** Formats a day: `24 Nov 2026`. */
export function formatDay(time: Date): string {
  return DAY.format(time);
}

/** Formats a day and a time. */
export function formatTime(time: Date): string {
  return `${formatDay(time)}, ${formatClock(time)}`;
}
