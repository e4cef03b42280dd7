// Whether each key's history has an order, the last state included: so no acknowledged write is lost, unless
// a later or concurrent one came over it, and none takes effect twice.

import { type Finding, type History, type Op, outcomeOf } from "../history.ts";
import { checkRegister, type RegisterOp, type Verdict } from "./register.ts";

/** What {@link checkOrders} found, and how many keys it could say nothing of. */
export interface Orders {
  readonly findings: readonly Finding[];
  readonly keys: number;
  readonly undecided: number;
}

interface KeyHistory {
  readonly tenant: number;
  readonly key: number;
  readonly ops: Op[];
  readonly register: RegisterOp[];
}

/** Judges every key of the tenants whose host is always theirs. */
export function checkOrders(history: History): Orders {
  const keys = new Map<string, KeyHistory>();
  const of = (tenant: number, key: number): KeyHistory => {
    const name = `${tenant} ${key}`;
    const found = keys.get(name) ?? { tenant, key, ops: [], register: [] };
    keys.set(name, found);
    return found;
  };
  for (const op of history.ops) {
    if (op.tenant === undefined || op.key === 0) continue;
    for (let index = 0; index < op.count; index += 1) {
      const step = toStep(history, op, index);
      if (step === undefined) continue;
      const at = of(op.tenant, op.key + index);
      at.ops.push(op);
      at.register.push(step);
    }
  }
  const verdicts: Record<Verdict, number> = { ordered: 0, disordered: 0, undecided: 0 };
  const findings: Finding[] = [];
  for (const { tenant, key, ops, register } of keys.values()) {
    const left = history.final.get(tenant)?.get(key) ?? null;
    const end = history.endedAt;
    register.push({ kind: "get", from: end, to: end, read: left });
    const verdict = checkRegister(register);
    verdicts[verdict] += 1;
    if (verdict !== "disordered") continue;
    const detail = `tenant ${tenant}, key ${key}: its answers and its last value, ${left}, have no order`;
    findings.push({ kind: "no order", detail, ops });
  }
  return { findings, keys: keys.size, undecided: verdicts.undecided };
}

/** A request's part in one key's history; undefined when it had none, or nothing is known of it. */
function toStep({ witness }: History, op: Op, index: number): RegisterOp | undefined {
  const outcome = outcomeOf(op);
  const to = outcome === "unknown" ? Infinity : op.to;
  const { from } = op;
  if (op.kind === "get" || op.kind === "list") {
    if (outcome !== "ok") return undefined;
    const read = op.seen.find(({ key }) => key === op.key + index)?.value ?? null;
    return { kind: "get", from, to, read };
  }
  if (outcome === "failed") return undefined;
  if (op.kind === "delete") {
    return { kind: "delete", from, to, existed: outcome === "ok" ? op.status === 204 : undefined };
  }
  const value = op.values[index] as number;
  // The witness knows of each value whether it was ever written: without it the states would be too many.
  if (outcome === "unknown" && !witness.has(value)) return undefined;
  if (op.kind === "put") {
    const existed = to < Infinity ? op.status === 200 : undefined;
    // A row that it did not find was not locked, and another request may have made it since.
    return { kind: "put", value, from, to, existed, locked: op.seen[0]?.value };
  }
  // An insert that has a value in the witness found no key, whatever became of its answer.
  return { kind: "insert", value, from, to, existed: outcome === "ok" && op.status >= 400 };
}
