// Every value names its writer: where it was seen, by whom it was written, and how often. What PostgreSQL
// wrote is known from the witness, whose rows stand or fall with the writes themselves.

import { type Finding, FIRST_VALUE, type History, type Op, outcomeOf } from "../history.ts";
import type { Hosts } from "./hosts.ts";

/** Judges all that was read and written, value by value. */
export function checkValues(history: History, hosts: Hosts): Finding[] {
  const findings: Finding[] = [];
  const writers = new Map<number, Op>();
  for (const op of history.ops) for (const value of op.values) writers.set(value, op);
  for (const op of history.ops) {
    checkSeen(history, hosts, writers, op, findings);
    checkWritten(history, hosts, op, findings);
    if (op.kind === "list") checkList(op, writers, findings);
  }
  for (const [value, rows] of history.witness) {
    if (value < FIRST_VALUE || writers.has(value)) continue;
    const detail = `value ${value} was written ${rows.length} times, and nobody asked for it`;
    findings.push({ kind: "phantom write", detail, ops: [] });
  }
  return findings;
}

function checkSeen(
  { witness }: History,
  hosts: Hosts,
  writers: ReadonlyMap<number, Op>,
  op: Op,
  findings: Finding[],
): void {
  const candidates = hosts.candidates(op);
  for (const { key, value } of op.seen) {
    const writer = writers.get(value);
    const ops = writer === undefined ? [op] : [writer, op];
    const [row] = witness.get(value) ?? [];
    if (row === undefined) {
      const detail = `value ${value} of key ${key} was read, and was never written`;
      findings.push({ kind: "phantom write", detail, ops });
    } else if (!candidates.has(row.tenant) || row.key !== key) {
      const stale = hosts.everHad(op.host, row.tenant) && row.key === key;
      const detail = `value ${value} of tenant ${row.tenant}, key ${row.key}, was read from ${op.host}, key ${key}`;
      findings.push({ kind: stale ? "stale host" : "foreign value", detail, ops });
    }
  }
}

function checkWritten(
  { witness, final }: History,
  hosts: Hosts,
  op: Op,
  findings: Finding[],
): void {
  if (op.values.length === 0) return;
  const outcome = outcomeOf(op);
  const isDone = outcome === "ok" && op.code === undefined;
  // A message whose answer was lost may still begin when the host is another's.
  const candidates = hosts.candidates({ ...op, to: outcome === "unknown" ? Infinity : op.to });
  let applied = 0;
  for (const [index, value] of op.values.entries()) {
    const rows = witness.get(value) ?? [];
    const key = op.key + index;
    const find = (kind: Finding["kind"], detail: string): void => {
      findings.push({ kind, detail: `value ${value} of key ${key} ${detail}`, ops: [op] });
    };
    if (rows.length > 0) applied += 1;
    if (rows.length > 1) find("double write", `was written ${rows.length} times`);
    if (rows.length === 0 && isDone) find("lost write", "was acknowledged and is not there");
    if (rows.length > 0 && outcome !== "unknown" && !isDone) {
      find("phantom write", "was refused and is there");
    }
    if (rows.length > 0 && op.transaction === "undone") {
      find("phantom write", "was undone and is there");
    }
    for (const row of rows) {
      if (!candidates.has(row.tenant) || row.key !== key) {
        const stale = hosts.everHad(op.host, row.tenant) && row.key === key;
        const detail = `was written to tenant ${row.tenant}, key ${row.key}`;
        find(stale ? "stale host" : "foreign value", detail);
      }
      // Nobody replaces or deletes what a batch wrote, or what was written through a host that wanders.
      const left = final.get(row.tenant);
      const lasts = op.kind === "batch" || op.tenant === undefined;
      if (lasts && left !== undefined && left.get(key) !== value) {
        find("lost write", "was written and is not there in the end");
      }
    }
  }
  if (applied > 0 && applied < op.values.length) {
    const detail = `${applied} of ${op.values.length} values of a batch were written`;
    findings.push({ kind: "torn batch", detail, ops: [op] });
  }
}

/** A list of the keys of one batch has all of them or none. */
function checkList(op: Op, writers: ReadonlyMap<number, Op>, findings: Finding[]): void {
  const ofBatch = new Map<Op, number>();
  for (const { value } of op.seen) {
    const writer = writers.get(value);
    if (writer?.kind === "batch" && writer.key === op.key && writer.count === op.count) {
      ofBatch.set(writer, (ofBatch.get(writer) ?? 0) + 1);
    }
  }
  for (const [writer, seen] of ofBatch) {
    if (seen === writer.values.length) continue;
    const detail = `${seen} of ${writer.values.length} values of a batch were read at one moment`;
    findings.push({ kind: "torn batch", detail, ops: [writer, op] });
  }
}
