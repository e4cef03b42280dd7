// The events that the server sends to the page.

import type { Job } from "./job.ts";
import type { MigrationState } from "./migrations.ts";
import type { HeavyTenant, ServiceState, TrafficPoint } from "./traffic.ts";

/** The data of a `traffic` event. */
export interface TrafficEvent {
  /** Null when no service has answered twice. */
  readonly point: TrafficPoint | null;
  readonly services: readonly ServiceState[];
  readonly heaviest: readonly HeavyTenant[];
}

/** GET /api/events: the data of each event by its name, as JSON. Each event carries the whole state. */
export interface ConsoleEvents {
  readonly traffic: TrafficEvent;
  readonly job: Job;
  readonly migration: MigrationState;
}
