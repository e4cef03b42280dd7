// Writes the details of an event for people.

import type { EventDetails } from "./event.ts";

/** Writes the details in one line, such as `status active → suspended, hosts added a.test`. */
export function describeDetails(details: EventDetails): string {
  return Object.entries(details)
    .filter(([name, value]) => name !== "runId" && value !== null && value !== false)
    .map(([name, value]) => `${wordsOf(name)} ${write(value)}`.replace(/ true$/, ""))
    .join(", ");
}

function write(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(write).join(" ");
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if ("before" in value && "after" in value) {
    return `${writeSide(value.before)} → ${writeSide(value.after)}`;
  }
  return Object.entries(value)
    .filter(([, part]) => !Array.isArray(part) || part.length > 0)
    .map(([name, part]) => `${wordsOf(name)} ${write(part)}`)
    .join(" ");
}

/** A value that was or is missing. */
function writeSide(value: unknown): string {
  return value === null || (Array.isArray(value) && value.length === 0) ? "none" : write(value);
}

/** Writes `statementTimeoutMs` as "statement timeout ms". */
function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
