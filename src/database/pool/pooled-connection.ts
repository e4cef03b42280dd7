// What the pool needs of a connection.

/** One connection to the database; it connects on first use. */
export interface PooledConnection {
  /** False once its state is in doubt; it is then discarded. */
  readonly usable: boolean;
  /**
   * True when the server or pooler refused it because it has as many connections as it takes. Nothing of the work was
   * sent.
   */
  readonly refused: boolean;
  /** Reads which process of the database serves it at this moment. */
  readServerProcess(): Promise<string>;
  /** Marks its state as doubtful, because its work took too long. */
  abandon(): void;
  /** Closes it at once and drops its running work. Never throws. */
  discard(): void;
  /** Closes it when its running work has ended, at the latest after `seconds`. */
  end(seconds: number): Promise<void>;
}
