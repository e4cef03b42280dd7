// The end of a process that serves: what runs finishes, what comes is refused, then the connections close. The
// same for every runtime that has processes.

import type { Database } from "../database/database.ts";
import type { Tenancy } from "../http/tenancy.ts";
import { describeError, type Log } from "../log.ts";

/** What a process is made of. */
export interface ProcessParts {
  readonly tenancy: Tenancy;
  /** Closed when the process ends. */
  readonly database: Database;
  readonly log: Log;
  /** How long requests may finish after SIGTERM or SIGINT; 10 by default. */
  readonly shutdownSeconds?: number;
  /** Called last, so that what the end is made of is exported, too. Must not reject. */
  readonly finish?: () => Promise<void>;
}

/** What a runtime does its own way. */
export interface ProcessControl {
  /** Resolves when the last answer has left. */
  readonly closeServer: () => Promise<void>;
  readonly exit: (status: number) => void;
}

/**
 * What a signal does: status 0 when everything has ended in time, else 1. A second signal changes nothing:
 * Ctrl-C at a terminal reaches every process, and may come again from the one that started this.
 */
export function createDrain(
  { tenancy, database, log, shutdownSeconds: seconds = 10, finish }: ProcessParts,
  { closeServer, exit }: ProcessControl,
): (signal: string) => void {
  let draining = false;
  const drain = async (): Promise<void> => {
    await Promise.all([tenancy.drain(), closeServer()]);
    await database.close(1);
    await finish?.();
    log.write("info", "drained");
    exit(0);
  };
  return (signal) => {
    if (draining) return;
    draining = true;
    log.write("info", "draining", { signal, seconds });
    const fail = (error?: unknown): void => {
      const described = error === undefined ? undefined : describeError(error);
      log.write("error", "drain failed", { seconds, error: described });
      exit(1);
    };
    setTimeout(fail, seconds * 1000);
    drain().catch(fail);
  };
}

/** What becomes of errors that nothing caught. */
export interface Crash {
  /** The process is in an unknown state: it ends. */
  readonly error: (thrown: unknown) => void;
  /** A rejection belongs to one request: it is logged, and the requests of other tenants go on. */
  readonly rejection: (thrown: unknown) => void;
}

/** See {@link Crash}. */
export function createCrash(log: Log, exit: (status: number) => void): Crash {
  return {
    error(thrown) {
      log.write("error", "crash", { error: describeError(thrown) });
      exit(1);
    },
    rejection(thrown) {
      log.write("error", "unhandled rejection", { error: describeError(thrown) });
    },
  };
}
