// Jobs: work that continues after the answer to its request.

/** Work on tenants that continues after the answer to its request. A tenant has one running job at most. */
export interface Job {
  readonly id: string;
  readonly kind: "create" | "clone" | "adopt" | "export" | "move" | "drop";
  /** The tenant; of a clone the new one. Null for an adoption, which has several. */
  readonly schemaName: string | null;
  /** The tenant that a clone copies. */
  readonly source: string | null;
  readonly state: "running" | "done" | "failed";
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly done: number;
  /** Null until it is known. */
  readonly total: number | null;
  /** The unit of `done` and `total`. */
  readonly unit: "bytes" | "objects" | "tenants";
  /** Whether it can be stopped before its end. */
  readonly isStoppable: boolean;
  /** The result in one line, or the error. Null while the job runs. */
  readonly message: string | null;
}
