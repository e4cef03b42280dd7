// Jobs: work on a tenant that continues after the answer to its request.

/** Work on one tenant that continues after the answer to its request. A tenant has one running job at most. */
export interface Job {
  readonly id: string;
  readonly kind: "export" | "drop";
  readonly schemaName: string;
  readonly state: "running" | "done" | "failed";
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly done: number;
  /** Null until it is known. */
  readonly total: number | null;
  /** The unit of `done` and `total`. */
  readonly unit: "bytes" | "objects";
  /** The result in one line: the file that was written, or the error. Null while the job runs. */
  readonly message: string | null;
}
