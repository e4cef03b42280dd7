// What the page hears as it happens.

import type { Job } from "./job.ts";
import type { MigrationState } from "./migrations.ts";
import type { HeavyTenant, ServiceState, TrafficPoint } from "./traffic.ts";

/** What `traffic` events carry. */
export interface TrafficEvent {
  /** Null when no service told what it did. */
  readonly point: TrafficPoint | null;
  readonly services: readonly ServiceState[];
  readonly heaviest: readonly HeavyTenant[];
}

/** GET /api/events: event names with what their data is, as JSON. Each state is sent whole. */
export interface ConsoleEvents {
  readonly traffic: TrafficEvent;
  readonly job: Job;
  readonly migration: MigrationState;
}
