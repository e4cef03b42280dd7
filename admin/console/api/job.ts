// Work that goes on after its request was answered.

/** Work on one tenant that goes on after its request was answered. A tenant has one at most. */
export interface Job {
  readonly id: string;
  readonly kind: "export" | "drop";
  readonly schemaName: string;
  readonly state: "running" | "done" | "failed";
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly done: number;
  /** Null before it is known. */
  readonly total: number | null;
  /** What `done` and `total` count. */
  readonly unit: "bytes" | "objects";
  /** How it ended, in one line: what was written and where, or what went wrong. */
  readonly message: string | null;
}
