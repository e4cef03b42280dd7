// The parts of a console: opened together, closed in order.

import { createLog } from "../../src/log.ts";
import { createReport } from "../../src/report.ts";
import type { Admin } from "../library/contract/contract.ts";
import { createAdmin } from "../library/create-admin.ts";
import type { Registry } from "../registry/registry.ts";
import { type Events, openEvents } from "./events.ts";
import { createJobs, type Jobs } from "./work/jobs.ts";
import { createMigrationRuns, type MigrationRuns } from "./work/migration-runs.ts";
import { toConsoleError, toProblem } from "./door/problem.ts";
import { RequestError } from "./door/request-error.ts";
import { createDatabaseReader, type ReadDatabases } from "./fleet/databases.ts";
import { createSizes, type Sizes } from "./fleet/sizes.ts";
import { type TrafficWatch, watchTraffic } from "./traffic/traffic.ts";

/** The parts that the routes use. */
export interface Console {
  readonly registry: Registry;
  /** The functions of the verbs, on the same registry. */
  readonly admin: Admin;
  /** The folder into which tenants are exported. */
  readonly exports: string;
  readonly readDatabases: ReadDatabases;
  /** Returns the sizes of a database's tenants. */
  readonly sizesOf: (registry: Registry) => Sizes;
  readonly traffic: TrafficWatch;
  readonly jobs: Jobs;
  readonly migrations: MigrationRuns;
  readonly events: Events;
  /** Takes a line for the terminal. */
  readonly note: (line: string) => void;
  /** Ends the running work at its next step, and waits for it. The registry stays open. */
  close(): Promise<void>;
}

/** The options of a console. */
export interface ConsoleOptions {
  readonly registry: Registry;
  /** The metrics endpoints of the services. */
  readonly services: readonly string[];
  readonly exports: string;
  /** The interval between two scrapes; the default of {@link watchTraffic} when left out. */
  readonly intervalMs?: number;
  readonly note: (line: string) => void;
}

/** Opens the parts. The caller closes the console, and then the registry. */
export function openConsole(options: ConsoleOptions): Console {
  const { services, exports, note, intervalMs } = options;
  const registry = { ...options.registry, actor: `${options.registry.actor} (console)` };
  const events = openEvents();
  const explain = (error: unknown): string => toProblem(error, note).detail;
  const log = createLog("warn", (line) => note(line.trimEnd()));
  // A report writes the line for the terminal.
  const explainReported = (error: unknown): string => toProblem(error, () => {}).detail;
  const report = createReport(log, "sizes failed");
  const reportDatabase = createReport(log, "database failed");
  const sizes = new Map<string, Sizes>();
  const jobs = createJobs(
    (job) => events.send("job", job),
    (error) => (error instanceof RequestError ? error : toConsoleError(error, note)),
  );
  const migrations = createMigrationRuns(registry, {
    tell: (state) => events.send("migration", state),
    explain,
  });
  const traffic = watchTraffic(services, {
    tell: (event) => events.send("traffic", event),
    ...(intervalMs === undefined ? {} : { intervalMs }),
  });
  return {
    // The registry is closed by its owner.
    admin: createAdmin(registry, () => Promise.resolve()),
    ...{ registry, exports, note, events, jobs, migrations, traffic },
    readDatabases: createDatabaseReader(registry, (error) => {
      reportDatabase(error);
      return explainReported(error);
    }),
    sizesOf(one) {
      const found =
        sizes.get(one.database) ?? createSizes(one, { report, explain: explainReported });
      sizes.set(one.database, found);
      return found;
    },
    async close() {
      await Promise.all([traffic.close(), migrations.close(), jobs.close()]);
      events.close();
    },
  };
}
