// Every answer is one that was designed, at a time at which it may come: a tenant's change and a fault each
// allow some, from their beginning to their end, and nothing else allows any.

import {
  type Change,
  type Fault,
  type Finding,
  type History,
  type Op,
  outcomeOf,
} from "../history.ts";
import type { Hosts } from "./hosts.ts";

/** How long after a fault the service may need to be itself again, in milliseconds. */
export const RECOVERY_MS = 5000;

/** A request that is answered later than this was forgotten, in milliseconds. */
export const LONGEST_ANSWER_MS = 15_000;

/**
 * What each change allows. The one 500: a message that entered before a rename looks for its table after
 * it, and PostgreSQL knows no other name for that than 42P01; nothing was done. A service that knows the host from an
 * earlier message notices the rename, and sends the message again.
 */
const ALLOWED: Readonly<Record<Change["kind"], ReadonlySet<string>>> = {
  suspend: new Set(["TENANT_SUSPENDED"]),
  "read-only": new Set(["TENANT_READ_ONLY"]),
  rename: new Set(["OVERLOADED", "INTERNAL 42P01"]),
  migrate: new Set(["STATEMENT_TIMEOUT", "OVERLOADED"]),
  // After a wait: see isDesigned.
  move: new Set(["TENANT_READ_ONLY"]),
  drop: new Set(["TENANT_SUSPENDED"]),
};

/** A write waits so long for the end of a move, in milliseconds; less what the clocks differ. */
const MOVE_WAIT_MS = 1900;

const BY_FAULT = new Set(["DATABASE_UNAVAILABLE", "OVERLOADED", "STATEMENT_TIMEOUT"]);

/** Judges every answer's code and time. */
export function checkAnswers(history: History, hosts: Hosts): Finding[] {
  const findings: Finding[] = [];
  const changes = new Map<number, Change[]>();
  for (const change of history.changes) {
    changes.set(change.tenant, [...(changes.get(change.tenant) ?? []), change]);
  }
  for (const op of history.ops) {
    const own = [...hosts.candidates(op)].flatMap((tenant) => changes.get(tenant) ?? []);
    if (!isDesigned(history.faults, hosts, own, op)) {
      const detail = `answer ${op.status} ${op.code ?? ""} ${op.sqlstate ?? ""} is not to come here`;
      findings.push({ kind: "undesigned answer", detail, ops: [op] });
    }
    if (outcomeOf(op) !== "ok") continue;
    const wrote = op.status < 300 && !isReading(op);
    for (const change of own) {
      // The host may have been another's: then the change says nothing of this answer.
      if (hosts.candidates(op).size > 1 || op.from <= change.sureFrom || op.to >= change.sureTo) {
        continue;
      }
      const detail = `tenant ${change.tenant} was in "${change.kind}" all the while`;
      if (change.kind === "suspend" || change.kind === "drop") {
        findings.push({ kind: "served while suspended", detail, ops: [op] });
      } else if (change.kind === "read-only" && wrote) {
        findings.push({ kind: "written while read-only", detail, ops: [op] });
      }
    }
  }
  return findings;
}

function isDesigned(
  faults: readonly Fault[],
  hosts: Hosts,
  changes: readonly Change[],
  op: Op,
): boolean {
  if (op.to - op.from > LONGEST_ANSWER_MS) return false;
  if (op.status >= 200 && op.status < 300) return op.transaction !== "undone";
  if (op.code === "UNDONE") return op.transaction === "undone";
  if (op.code === "NOT_FOUND" || op.code === "KEY_EXISTS") return op.kind !== "batch";
  if (op.code === "TENANT_NOT_FOUND") return hosts.mayBeNobodys(op);
  const name = op.status === 500 ? `${op.code} ${op.sqlstate}` : String(op.code);
  const isAllowed = ({ kind, from, to }: Change): boolean => {
    if (from > op.to || to < op.from || !ALLOWED[kind].has(name)) return false;
    return kind !== "move" || (!isReading(op) && op.to - op.from >= MOVE_WAIT_MS);
  };
  if (changes.some(isAllowed)) return true;
  if (!BY_FAULT.has(name)) return false;
  return faults.some(({ from, to }) => from <= op.to && to + RECOVERY_MS >= op.from);
}

function isReading({ kind }: Op): boolean {
  return kind === "get" || kind === "list";
}

/** After each fault the service answers again by itself, in time. */
export function checkRecovery({ faults }: Pick<History, "faults">): Finding[] {
  return faults
    .filter(({ to, recovered }) => recovered - to > RECOVERY_MS)
    .map(({ kind, to, recovered }) => ({
      kind: "slow recovery",
      detail: `after ${kind} it took ${Math.round(recovered - to)} ms until every service answered`,
      ops: [],
    }));
}
