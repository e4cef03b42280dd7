// The runs of the migrations that a console begins: one at a time.

import type { Registry } from "../registry/registry.ts";
import type { MigrationState } from "./api.ts";
import {
  type MigrationListener,
  type MigrationRun,
  type MigrationWish,
  startMigrationRun,
} from "./migration-run.ts";
import { RequestError } from "./request-error.ts";

/** The runs. */
export interface MigrationRuns {
  /**
   * Begins one.
   * @throws {RequestError} 409 while another is at work
   * @throws {AdminError} when there is nothing to migrate, or a name is no tenant's
   */
  start(wish: MigrationWish): Promise<MigrationState>;
  /**
   * Begins no more tenants; those at work end.
   * @throws {RequestError} 409 when no run is at work
   */
  stop(): MigrationState;
  /** The run at work, else the last one. */
  current(): MigrationState | undefined;
  /** Stops what is at work, and waits until it has ended. */
  close(): Promise<void>;
}

/** Prepares them. */
export function createMigrationRuns(
  registry: Registry,
  listener: MigrationListener,
): MigrationRuns {
  let run: MigrationRun | undefined;
  let starting: Promise<MigrationRun> | undefined;
  const isAtWork = (): boolean => run?.state().endedAt === null;
  return {
    async start(wish) {
      if (starting !== undefined || isAtWork()) {
        throw new RequestError(409, "Cannot migrate: a run is at work; wait for it, or stop it");
      }
      starting = startMigrationRun(registry, wish, listener);
      try {
        run = await starting;
      } finally {
        starting = undefined;
      }
      return run.state();
    },
    stop() {
      if (run === undefined || !isAtWork()) {
        throw new RequestError(409, "Cannot stop: no run is at work");
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
