// One migration run, whose state can be read while it runs.

import { randomUUID } from "node:crypto";
import { commandFor } from "../../program/form.ts";
import { findDatabase, isManyfold } from "../../databases/find.ts";
import { describeOutcome } from "../../migrate/migrate-tenant.ts";
import {
  migrateTenants,
  type MigrateOptions,
  MIGRATION_PATIENCE,
} from "../../migrate/migrate-tenants.ts";
import { type MigrationPlan, planMigration, type PlanOptions } from "../../migrate/plan.ts";
import { describeVersion, nameOf } from "../../migrations/changes.ts";
import { loadTenantMigrations, type TenantMigrations } from "../../migrations/ordered.ts";
import { readSharedMigrations } from "../../migrations/shared-migrations.ts";
import { AdminError } from "../../registry/admin-error.ts";
import type { Registry } from "../../registry/registry.ts";
import { defaultConcurrency } from "../../batch/free-connections.ts";
import type { MigrationState } from "../api.ts";
import { createPace } from "./pace.ts";
import { createThrottle } from "./throttle.ts";

/** A migration run. */
export interface MigrationRun {
  state(): MigrationState;
  /** Starts no more tenants; those in progress end. */
  stop(): void;
  /** Resolves when the run ends, also when it failed. */
  readonly ended: Promise<void>;
}

/** The tenants to migrate, their database, and the number of failures that ends the run. */
export interface MigrationWish extends Pick<PlanOptions, "canary" | "tenants"> {
  /** The database of the tenants; home when undefined. */
  readonly database: string | undefined;
  /** Starts no more tenants when this number of them has failed. */
  readonly maxFailures: number;
}

/** The receiver of a run's progress. */
export interface MigrationListener {
  /** Receives the state each time that it changes, a few times a second at most. */
  readonly tell: (state: MigrationState) => void;
  /** Turns the error that ended a run into one line. */
  readonly explain: (error: unknown) => string;
}

const MOST_SHOWN = 200;

/**
 * Starts a run.
 * @throws {AdminError} when nothing is pending, or no tenant or database has a given name
 */
export async function startMigrationRun(
  home: Registry,
  { maxFailures, database, ...wanted }: MigrationWish,
  { tell, explain }: MigrationListener,
): Promise<MigrationRun> {
  const registry = await findDatabase(home, database);
  const shared = await readSharedMigrations(registry);
  const [first] = shared?.pending ?? [];
  if (first !== undefined) {
    const scope = isManyfold(home) ? ` --database ${registry.database}` : "";
    throw new AdminError(
      `Cannot migrate: shared migration "${first.name}" is pending; run ${commandFor("migrate")}${scope} first`,
    );
  }
  const migrations = await loadTenantMigrations(registry);
  const plan = await planMigration(registry, migrations, wanted);
  if (plan.tenants.length === 0) {
    const skipped = plan.skipped.length > 0 ? `; ${plan.skipped.length} are in transition` : "";
    throw new AdminError(
      `Nothing to migrate: no tenant is behind version ${describeVersion(migrations, plan.target)}${skipped}`,
    );
  }
  const concurrency = await defaultConcurrency(registry);
  const stopping = new AbortController();
  const pace = createPace();
  let state = describePlan(plan, migrations, {
    isCanary: wanted.canary !== undefined,
    database: isManyfold(home) ? registry.database : null,
  });
  const throttle = createThrottle(() => tell(state));
  const change = (news: Partial<MigrationState>): void => {
    state = { ...state, ...news };
    throttle.ask();
  };
  const end = (news: Partial<MigrationState>): void => {
    change({ ...news, endedAt: new Date().toISOString(), secondsLeft: null });
    throttle.flush();
  };
  const report: MigrateOptions["report"] = (outcome) => {
    const left = state.left - 1;
    const perSecond = pace.step();
    const count = outcome.outcome === "gone" ? "elsewhere" : outcome.outcome;
    change({ left, perSecond, secondsLeft: left / perSecond, [count]: state[count] + 1 });
    if (count !== "failed") return;
    const { schemaName, version, sqlstate = null } = outcome;
    const message = describeOutcome(outcome);
    const failures = [{ schemaName, version, sqlstate, message }, ...state.failures];
    change({ failures: failures.slice(0, MOST_SHOWN) });
  };
  throttle.flush();
  const options = { ...MIGRATION_PATIENCE, concurrency, maxFailures, report };
  const ended = migrateTenants(registry, migrations, plan, {
    ...options,
    signal: stopping.signal,
  }).then(
    ({ left }) => {
      if (left === 0) end({ state: "done" });
      else if (stopping.signal.aborted) end({ state: "stopped", left });
      else end({ state: "stopped", left, message: describeFailures(state.failed) });
    },
    (error: unknown) => end({ state: "broken", message: explain(error) }),
  );
  return {
    state: () => state,
    stop() {
      stopping.abort();
      if (state.endedAt === null) change({ state: "stopping" });
    },
    ended,
  };
}

function describeFailures(count: number): string {
  return count === 1 ? "1 tenant failed" : `${count} tenants failed`;
}

function describePlan(
  { target, tenants, held, skipped }: MigrationPlan,
  migrations: TenantMigrations,
  origin: Pick<MigrationState, "isCanary" | "database">,
) {
  const state: MigrationState = {
    id: randomUUID(),
    state: "running",
    ...origin,
    target,
    targetMigration: nameOf(migrations, target),
    startedAt: new Date().toISOString(),
    endedAt: null,
    total: tenants.length,
    migrated: 0,
    failed: 0,
    elsewhere: 0,
    left: tenants.length,
    held,
    skipped: skipped.length,
    perSecond: 0,
    secondsLeft: null,
    tenants: tenants.slice(0, MOST_SHOWN).map(({ schemaName }) => schemaName),
    failures: [],
    message: null,
  };
  return state;
}
