// What a run did and found, for a person and for a machine.

import { type Fault, formatOp, type Op, outcomeOf } from "./history.ts";
import type { Tortured } from "./run.ts";

/** So many of a finding's requests are printed. */
const MOST_OPS = 60;

/** The figures of a run. */
export interface Figures {
  readonly seconds: number;
  readonly requests: number;
  readonly values: number;
  readonly answers: Readonly<Record<string, number>>;
  /** What became of the transactions of several messages; `cut`: no answer told, or it was 503. */
  readonly transactions: Readonly<Record<"kept" | "undone" | "cut", number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly verbs: Readonly<Record<string, number>>;
  /** The longest time from the end of a fault to the answer of every service, by the fault's kind. */
  readonly slowestRecoveryMs: Readonly<Record<string, number>>;
  readonly keys: number;
  readonly undecidedKeys: number;
  readonly findings: readonly { kind: string; detail: string; history: readonly string[] }[];
}

/** Counts. */
export function toFigures(run: Tortured): Figures {
  const { ops, faults } = run.history;
  return {
    seconds: Math.round(run.seconds),
    requests: ops.length,
    values: ops.reduce((sum, { seen }) => sum + seen.length, 0),
    answers: count(
      ops.map(({ status, code, sqlstate }) => [status, code, sqlstate].join(" ").trim()),
    ),
    transactions: countTransactions(ops),
    faults: count(faults.map(({ kind }) => kind)),
    verbs: Object.fromEntries(run.verbs),
    slowestRecoveryMs: slowest(faults),
    keys: run.keys,
    undecidedKeys: run.undecided,
    findings: run.findings.map(({ kind, detail, ops: shown }) => ({
      kind,
      detail,
      history: shown.slice(0, MOST_OPS).map((op) => formatOp(op, run.begunAt)),
    })),
  };
}

/** Writes them as lines. */
export function formatFigures(figures: Figures): string {
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .toSorted(([one], [other]) => one.localeCompare(other))
      .map(([name, number]) => `\n  ${String(number).padStart(8)}  ${name}`)
      .join("");
  const found = figures.findings.map(
    ({ kind, detail, history }) =>
      `\n${kind}: ${detail}${history.map((line) => `\n    ${line}`).join("")}`,
  );
  return [
    `${figures.requests} requests in ${figures.seconds} s, ${figures.values} values read; answers:${list(figures.answers)}`,
    `transactions:${list(figures.transactions)}`,
    `faults:${list(figures.faults)}`,
    `verbs:${list(figures.verbs)}`,
    `slowest recovery in ms:${list(figures.slowestRecoveryMs)}`,
    `keys with an order looked for: ${figures.keys}, given up: ${figures.undecidedKeys}`,
    `findings: ${figures.findings.length}${found.join("")}`,
  ].join("\n");
}

function count(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function countTransactions(ops: readonly Op[]): Figures["transactions"] {
  const counts = { kept: 0, undone: 0, cut: 0 };
  for (const op of ops) {
    if (op.transaction === undefined) continue;
    const outcome = outcomeOf(op);
    counts[outcome === "ok" ? "kept" : outcome === "failed" ? "undone" : "cut"] += 1;
  }
  return counts;
}

function slowest(faults: readonly Fault[]): Record<string, number> {
  const most: Record<string, number> = {};
  for (const { kind, to, recovered } of faults) {
    most[kind] = Math.max(most[kind] ?? 0, Math.round(recovered - to));
  }
  return most;
}
