// What happened in a run: every request with its answer, every change and fault with its times, and what
// PostgreSQL had written in the end. All times are of one monotonic clock, in milliseconds. A request's and
// a change's time begins before the first byte left and ends after the last one came.

/** A pair as an answer showed it. */
export interface Pair {
  readonly key: number;
  readonly value: number;
}

/** One request. Every value that is written is written by one request only. */
export interface Op {
  readonly client: number;
  /** The number of the service that was asked. */
  readonly service: number;
  readonly host: string;
  readonly kind: "get" | "list" | "put" | "insert" | "delete" | "batch";
  /** Of a put or batch that is a transaction of several messages: how its handler ends it. */
  readonly transaction?: "kept" | "undone" | undefined;
  /** The tenant by its number; undefined for a host that may be given to another meanwhile. */
  readonly tenant: number | undefined;
  /** The key; of a batch or list the first of `count`. */
  readonly key: number;
  readonly count: number;
  /** What it was to write, by ascending key. */
  readonly values: readonly number[];
  readonly from: number;
  readonly to: number;
  /** 0 when no answer came. */
  readonly status: number;
  /** Of a problem: its code; of a 500 also the request's id and the SQLSTATE that the service logged. */
  readonly code: string | undefined;
  readonly requestId?: string | undefined;
  readonly sqlstate?: string | undefined;
  /** What it read; of a put in a transaction, the row that it locked. */
  readonly seen: readonly Pair[];
}

/** A host and a tenant that had it. */
export interface Owner {
  readonly host: string;
  readonly tenant: number;
  /** The earliest moment at which it may have had it, and the first at which it surely did. */
  readonly from: number;
  readonly sureFrom: number;
  /** The last moment at which it surely had it, and the last at which it may have. */
  sureTo: number;
  to: number;
}

/** A change of a tenant that is taken back later. */
export interface Change {
  readonly kind: "suspend" | "read-only" | "rename" | "migrate" | "move" | "drop";
  readonly tenant: number;
  /** From the first verb's beginning to the last one's end; between them it is surely in force. */
  readonly from: number;
  readonly sureFrom: number;
  readonly sureTo: number;
  readonly to: number;
}

/** A fault, and the moment when every service answered again. */
export interface Fault {
  readonly kind: string;
  readonly from: number;
  /** When its cause was gone; of a killed database, when it took connections again. */
  readonly to: number;
  readonly recovered: number;
}

/** A row that a trigger in the tenant's table wrote, in the writing transaction itself, in any database. */
export interface Witness {
  readonly tenant: number;
  readonly key: number;
}

/** All that is known of a run. */
export interface History {
  readonly ops: readonly Op[];
  readonly owners: readonly Owner[];
  readonly changes: readonly Change[];
  readonly faults: readonly Fault[];
  /** Each time that a value was written, in all databases together: a move copies rows without the trigger. */
  readonly witness: ReadonlyMap<number, readonly Witness[]>;
  /** The pairs of each tenant that was left, when nothing ran any more; read at `endedAt`. */
  readonly final: ReadonlyMap<number, ReadonlyMap<number, number>>;
  readonly endedAt: number;
}

/** Something that must not be. */
export interface Finding {
  readonly kind:
    | "foreign value"
    | "stale host"
    | "phantom write"
    | "double write"
    | "lost write"
    | "torn batch"
    | "no order"
    | "served while suspended"
    | "written while read-only"
    | "undesigned answer"
    | "slow recovery"
    | "failed verb";
  readonly detail: string;
  /** The requests that show it. */
  readonly ops: readonly Op[];
}

/** Values below are the tenants' name tags: each tenant has its own number under key 0. */
export const FIRST_VALUE = 100_000;

/** Whether what a request asked for happened: it did, it did not, or it may yet. */
export function outcomeOf({ status, code, kind }: Op): "ok" | "failed" | "unknown" {
  if (status >= 200 && status < 300) return "ok";
  if (code === "NOT_FOUND" || code === "KEY_EXISTS") return kind === "batch" ? "failed" : "ok";
  if (status === 0 || status === 500 || code === "DATABASE_UNAVAILABLE") return "unknown";
  return "failed";
}

/** One request as a line, with times in seconds after `zero`. */
export function formatOp(op: Op, zero = 0): string {
  const at = (ms: number): string => ((ms - zero) / 1000).toFixed(3);
  const written = op.values.length > 0 ? ` = ${op.values.join(",")}` : "";
  const seen = op.seen.map(({ key, value }) => ` ${key}:${value}`).join("");
  const keys = op.count > 1 ? `${op.key}+${op.count}` : String(op.key);
  const answer = [op.status, op.code, op.sqlstate].filter((part) => part !== undefined).join(" ");
  const kind = op.transaction === undefined ? op.kind : `${op.kind} (${op.transaction})`;
  return `${at(op.from)}-${at(op.to)} s client ${op.client} service ${op.service} ${kind} ${op.host} key ${keys}${written}: ${answer}${seen}`;
}
