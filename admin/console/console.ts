// What a console consists of, from the registry up: opened together, closed in order.

import { createLog } from "../../src/log.ts";
import { createReport } from "../../src/report.ts";
import type { Registry } from "../registry/registry.ts";
import { type Events, openEvents } from "./events.ts";
import { createJobs, type Jobs } from "./jobs.ts";
import { createMigrationRuns, type MigrationRuns } from "./migration-runs.ts";
import { toProblem } from "./problem.ts";
import { createSizes, type Sizes } from "./sizes.ts";
import { type TrafficWatch, watchTraffic } from "./traffic/traffic.ts";

/** The parts that the routes answer from. */
export interface Console {
  readonly registry: Registry;
  /** The folder into which tenants are exported. */
  readonly exports: string;
  readonly sizes: Sizes;
  readonly traffic: TrafficWatch;
  readonly jobs: Jobs;
  readonly migrations: MigrationRuns;
  readonly events: Events;
  /** Takes a line for the terminal. */
  readonly note: (line: string) => void;
  /** Ends what is at work, each at its next step, and waits for that. Closes nothing of the caller's. */
  close(): Promise<void>;
}

/** What a console is opened with. */
export interface ConsoleOptions {
  readonly registry: Registry;
  /** The metrics endpoints of the services. */
  readonly services: readonly string[];
  readonly exports: string;
  /** How often the endpoints are asked; as {@link watchTraffic} says when left out. */
  readonly intervalMs?: number;
  readonly note: (line: string) => void;
}

/** Opens the parts; the registry stays the caller's. */
export function openConsole(options: ConsoleOptions): Console {
  const { registry, services, exports, note, intervalMs } = options;
  const events = openEvents();
  const explain = (error: unknown): string => toProblem(error, note).detail;
  const log = createLog("warn", (line) => note(line.trimEnd()));
  const jobs = createJobs((job) => events.send("job", job), explain);
  const migrations = createMigrationRuns(registry, {
    tell: (state) => events.send("migration", state),
    explain,
  });
  const traffic = watchTraffic(services, {
    tell: (event) => events.send("traffic", event),
    ...(intervalMs === undefined ? {} : { intervalMs }),
  });
  return {
    ...{ registry, exports, note, events, jobs, migrations, traffic },
    sizes: createSizes(registry, {
      report: createReport(log, "sizes failed"),
      // The report has told the terminal.
      explain: (error) => toProblem(error, () => {}).detail,
    }),
    async close() {
      await Promise.all([traffic.close(), migrations.close(), jobs.close()]);
      events.close();
    },
  };
}
