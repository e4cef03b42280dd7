// The end of a serving process: it finishes running requests and the work behind them, rejects new ones, then closes the connections. Node and
// Deno share it.

import type { Database } from "../database/database.ts";
import type { Tenancy } from "../http/tenancy.ts";
import { describeError, type Log } from "../log.ts";
import type { Background } from "./background.ts";

/** The parts of a serving process. */
export interface ProcessParts {
  readonly tenancy: Tenancy;
  /** The database; the process closes it when it ends. */
  readonly database: Database;
  readonly log: Log;
  /** How long requests may finish after SIGTERM or SIGINT; 10 by default. */
  readonly shutdownSeconds?: number;
  /** Called last, so that telemetry of the shutdown is exported, too. Must not reject. */
  readonly finish?: () => Promise<void>;
}

/** The steps that each runtime implements itself. */
export interface ProcessControl {
  /** Closes the server; resolves when the last answer was sent. */
  readonly closeServer: () => Promise<void>;
  readonly exit: (status: number) => void;
  /** What goes on after its answer. */
  readonly background: Background;
}

/**
 * Creates the handler of a signal. It ends the process with status 0 when everything has ended in time, else with 1.
 * It ignores a second signal: Ctrl-C at a terminal reaches every process, and the parent process may send it again.
 */
export function createDrain(
  { tenancy, database, log, shutdownSeconds: seconds = 10, finish }: ProcessParts,
  { closeServer, exit, background }: ProcessControl,
): (signal: string) => void {
  let draining = false;
  const drain = async (): Promise<void> => {
    await Promise.all([tenancy.drain(), closeServer()]);
    await background.ended();
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

/** The handlers of errors that nothing caught. */
export interface Crash {
  /** Logs the error and ends the process, because its state is unknown. */
  readonly error: (thrown: unknown) => void;
  /** Logs a rejection. The process goes on, because a rejection belongs to one request. */
  readonly rejection: (thrown: unknown) => void;
}

/** Creates the handlers of errors that nothing caught. */
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
