// The migration runs that a console starts, one at a time.

import type { Registry } from "../../registry/registry.ts";
import type { MigrationState } from "../api.ts";
import {
  type MigrationListener,
  type MigrationRun,
  type MigrationWish,
  startMigrationRun,
} from "./migration-run.ts";
import { RequestError } from "../door/request-error.ts";

/** The migration runs of a console. */
export interface MigrationRuns {
  /**
   * Starts a run.
   * @throws {RequestError} 409 while another run is in progress
   * @throws {AdminError} when nothing is pending, or no tenant or database has a given name
   */
  start(wish: MigrationWish): Promise<MigrationState>;
  /**
   * Starts no more tenants; those in progress end.
   * @throws {RequestError} 409 when no run is in progress
   */
  stop(): MigrationState;
  /** Returns the run in progress, otherwise the last one; undefined before the first. */
  current(): MigrationState | undefined;
  /** Stops the run in progress, and waits until it has ended. */
  close(): Promise<void>;
}

/** Creates the runs of a console; none is started. */
export function createMigrationRuns(home: Registry, listener: MigrationListener): MigrationRuns {
  let run: MigrationRun | undefined;
  let starting: Promise<MigrationRun> | undefined;
  const isAtWork = (): boolean => run?.state().endedAt === null;
  return {
    async start(wish) {
      if (starting !== undefined || isAtWork()) {
        throw new RequestError(
          409,
          "Cannot migrate: a run is in progress; wait for it, or stop it",
        );
      }
      starting = startMigrationRun(home, wish, listener);
      try {
        run = await starting;
      } finally {
        starting = undefined;
      }
      return run.state();
    },
    stop() {
      if (run === undefined || !isAtWork()) {
        throw new RequestError(409, "Cannot stop: no run is in progress");
      }
      run.stop();
      return run.state();
    },
    current: () => run?.state(),
    async close() {
      const last = (await starting?.catch(() => undefined)) ?? run;
      last?.stop();
      await last?.ended;
    },
  };
}
