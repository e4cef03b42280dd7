// Whether what was asked of one key and answered can have happened in some order. Every answered request
// took effect at one moment between its beginning and its end; one of unknown outcome at one moment after its
// beginning, or never. This is the search of Wing and Gong with Lowe's pruning: it goes through beginnings
// and ends in time, and keeps every state that the key may be in together with the requests that have taken
// effect already. It is exact: none left means that there is no order, and no order means none left.
// https://www.cs.ox.ac.uk/people/gavin.lowe/LinearizabiltyTesting/paper.pdf

/** One request on one key. */
export interface RegisterOp {
  readonly kind: "get" | "put" | "insert" | "delete";
  /** What it writes. */
  readonly value?: number;
  readonly from: number;
  /** Infinity when its outcome is unknown. */
  readonly to: number;
  /** What a get read; null for no such key. */
  readonly read?: number | null;
  /** What a put found and locked before it wrote; undefined when it looked for nothing or found nothing. */
  readonly locked?: number | undefined;
  /** Whether the key was there before, as the answer to anything else says; undefined when none came. */
  readonly existed?: boolean | undefined;
}

/** More states than this at once are given up: then nothing is said of the key. */
const MOST_STATES = 50_000;

type Value = number | null;

interface State {
  readonly value: Value;
  /** Those that have taken effect and have not ended. */
  readonly done: bigint;
}

/** What {@link checkRegister} can say: `undecided` when there were too many states. */
export type Verdict = "ordered" | "disordered" | "undecided";

/** Looks for an order. The key does not exist in the beginning. */
export function checkRegister(ops: readonly RegisterOp[]): Verdict {
  const events = ops
    .flatMap((op, index) => [
      { at: op.from, index, ends: false },
      ...(op.to === Infinity ? [] : [{ at: op.to, index, ends: true }]),
    ])
    // At the same moment the beginnings come first: what may have overlapped is taken to have done so.
    .toSorted((a, b) => a.at - b.at || Number(a.ends) - Number(b.ends));
  const open = new Set<number>();
  let states: State[] = [{ value: null, done: 0n }];
  for (const { index, ends } of events) {
    if (!ends) {
      open.add(index);
      continue;
    }
    const bit = 1n << BigInt(index);
    const reached = new Map<string, State>();
    const visited = new Set<string>();
    const stack = [...states];
    for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
      const name = `${state.value} ${state.done}`;
      if (visited.has(name)) continue;
      visited.add(name);
      if (visited.size > MOST_STATES) return "undecided";
      if ((state.done & bit) !== 0n) {
        // It has ended: whatever else is open may as well take effect later.
        const rest = { value: state.value, done: state.done & ~bit };
        reached.set(`${rest.value} ${rest.done}`, rest);
        continue;
      }
      for (const other of open) {
        const otherBit = 1n << BigInt(other);
        if ((state.done & otherBit) !== 0n) continue;
        const value = apply(state.value, ops[other] as RegisterOp);
        if (value !== undefined) stack.push({ value, done: state.done | otherBit });
      }
    }
    open.delete(index);
    states = [...reached.values()];
    if (states.length === 0) return "disordered";
  }
  return "ordered";
}

/** The key's state after a request; undefined when its answer cannot be that of a key in this state. */
function apply(before: Value, op: RegisterOp): Value | undefined {
  if (op.kind === "get") return op.read === before ? before : undefined;
  const exists = before !== null;
  if (op.existed !== undefined && op.existed !== exists) return undefined;
  if (op.locked !== undefined && op.locked !== before) return undefined;
  if (op.kind === "delete") return null;
  if (op.kind === "insert" && exists) return before;
  return op.value ?? null;
}
