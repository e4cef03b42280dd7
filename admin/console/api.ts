// What the operator page and its server say to each other: types alone, so that browser code may import
// them. Changes are POST with a JSON object, `{}` at least; times are ISO 8601 in UTC; sizes are bytes.
//
//   GET  /                                   the page; its files are /page/FILE
//   GET  /vendor/uplot.js, /vendor/uplot.css
//   GET  /api/fleet                          Fleet
//   GET  /api/fleet/sizes                    FleetSizes
//   GET  /api/traffic                        Traffic
//   GET  /api/tenants?search&only&sort&order&offset&limit   TenantPage
//   GET  /api/tenants/SCHEMA                 TenantDetail
//   POST /api/tenants/SCHEMA/suspend         {} → ChangedTenant; waits up to 30 s for what began before
//   POST /api/tenants/SCHEMA/resume          {} → ChangedTenant
//   POST /api/tenants/SCHEMA/set             TenantSettings → ChangedTenant
//   POST /api/tenants/SCHEMA/add-host        HostChange → HostChange
//   POST /api/tenants/SCHEMA/remove-host     HostChange → HostChange
//   POST /api/tenants/SCHEMA/rename          RenameRequest → RenamedTenant
//   POST /api/tenants/SCHEMA/export          {} → Job
//   POST /api/tenants/SCHEMA/drop            DropRequest → Job
//   GET  /api/jobs                           readonly Job[], the newest first
//   POST /api/jobs/ID/stop                   {} → Job
//   GET  /api/migrations                     Migrations
//   POST /api/migrations/start               MigrationRequest → MigrationState
//   POST /api/migrations/stop                {} → MigrationState; the tenants at work end
//   GET  /api/events                         server-sent events, see ConsoleEvents

/** Every answer of a status from 400 on. 401: no session, 503: the database does not answer; both may pass. */
export interface Problem {
  /** One line for a person. May hold any character: never put it into the page as HTML. */
  readonly error: string;
}

/** What a tenant may be. */
export type Status = "active" | "read_only" | "suspended";

/** A change of a tenant that takes more than one transaction, and has not ended. */
export type Transition = "dropping" | "moving" | "moved" | "arriving";

/** GET /api/fleet */
export interface Fleet {
  /** The database's name. */
  readonly database: string;
  readonly tenants: number;
  readonly newestVersion: number;
  readonly statuses: Readonly<Record<Status, number>>;
  /** By ascending version. */
  readonly versions: readonly { readonly version: number; readonly tenants: number }[];
  readonly attention: Attention;
  readonly budget: readonly BudgetFinding[];
  readonly services: readonly ServiceState[];
}

/** The tenants that somebody has to look at, and how many there are of each kind. */
export interface Attention {
  readonly behind: number;
  /** Whose last migration failed. */
  readonly failed: number;
  readonly inTransition: number;
  /** At most 200: the failed ones first, then those in transition, then those that are behind. */
  readonly tenants: readonly AttentionTenant[];
}

/** A tenant that somebody has to look at. */
export interface AttentionTenant {
  readonly schemaName: string;
  readonly reason: "failed" | "transition" | "behind";
  readonly version: number;
  readonly transition: Transition | null;
  /** Why, in words: a failure's message is PostgreSQL's or a migration's own. */
  readonly message: string;
  /** Of a failure. */
  readonly sqlstate: string | null;
  /** When a failure was. */
  readonly at: string | null;
}

/** One thing that so many schemas cost the server. */
export interface BudgetFinding {
  readonly level: "ok" | "warn" | "unsafe";
  readonly check: string;
  readonly seen: string;
  /** What to do; null where all is well. */
  readonly advice: string | null;
}

/** A metrics endpoint. */
export interface ServiceState {
  readonly url: string;
  /** "waiting" before the first answer. */
  readonly state: "waiting" | "up" | "down";
  /** Why it is down. */
  readonly problem: string | null;
  /** When it last answered. */
  readonly at: string | null;
}

/** GET /api/fleet/sizes: every tenant's, the largest first; the arrays have one length. */
export interface FleetSizes {
  readonly at: string;
  /** True when the tables were locked, and the sizes are those of the last vacuum or analyze. */
  readonly estimated: boolean;
  readonly total: number;
  readonly schemaNames: readonly string[];
  readonly bytes: readonly number[];
  readonly tables: readonly number[];
  /** 0 active, 1 read-only, 2 suspended. */
  readonly statuses: readonly number[];
}

/** GET /api/traffic: the last hour. */
export interface Traffic {
  /** One every `intervalMs`, the oldest first; empty without --service. */
  readonly points: readonly TrafficPoint[];
  readonly intervalMs: number;
  readonly services: readonly ServiceState[];
  readonly heaviest: readonly HeavyTenant[];
}

/** What all services did since the point before. */
export interface TrafficPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly requestsPerSecond: number;
  /** The part of the requests that ended with a status from 500 on, from 0 to 1. */
  readonly errorRate: number;
  /** Null when there were no requests. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** Null where no service tells. */
  readonly activeRequests: number | null;
  readonly connectionsUsed: number | null;
  readonly connectionsPending: number | null;
}

/** One of the ten tenants with the most time of requests in the last minute. */
export interface HeavyTenant {
  /** The metric's own label: a schema name, or "other" for all beyond the service's bound. */
  readonly tenant: string;
  readonly requestsPerSecond: number;
  /** How many of its requests ran at once on average: seconds of requests per second. */
  readonly load: number;
  /** The part with an outcome other than ok, from 0 to 1. */
  readonly errorRate: number;
  readonly p95Ms: number | null;
}

/** What the tenants are sorted by. */
export type TenantSort =
  "schemaName" | "host" | "status" | "version" | "statementTimeoutMs" | "createdAt" | "bytes";

/** Which tenants alone are listed: the counts of {@link Fleet}, one by one. */
export type TenantFilter = Status | "behind" | "failed" | "transition";

/** GET /api/tenants: the parameters, all optional. */
export interface TenantQuery {
  /** A part of the schema's name or of a host. */
  readonly search?: string;
  readonly only?: TenantFilter;
  /** "schemaName" when left out. */
  readonly sort?: TenantSort;
  /** "asc" when left out. */
  readonly order?: "asc" | "desc";
  /** 0 when left out. */
  readonly offset?: number;
  /** 1 to 200; 50 when left out. */
  readonly limit?: number;
}

/** GET /api/tenants */
export interface TenantPage {
  /** How many fit the search. */
  readonly total: number;
  readonly offset: number;
  readonly tenants: readonly TenantLine[];
}

/** A tenant in a list. */
export interface TenantLine {
  readonly schemaName: string;
  /** The first three by name. */
  readonly hosts: readonly string[];
  readonly hostCount: number;
  readonly status: Status;
  readonly transition: Transition | null;
  readonly version: number;
  /** Whether its last migration failed. */
  readonly failed: boolean;
  readonly statementTimeoutMs: number;
  readonly createdAt: string;
  /** Null while it is not known. */
  readonly bytes: number | null;
}

/** GET /api/tenants/SCHEMA */
export interface TenantDetail {
  readonly schemaName: string;
  readonly roleName: string;
  readonly hosts: readonly string[];
  readonly status: Status;
  readonly transition: Transition | null;
  /** What the transition means and what to do; null without. */
  readonly advice: string | null;
  readonly version: number;
  readonly newestVersion: number;
  readonly statementTimeoutMs: number;
  readonly createdAt: string;
  /** Null while somebody has a table locked. */
  readonly bytes: number | null;
  readonly tables: readonly TenantTable[];
  /** The newest first, at most 100. */
  readonly history: readonly MigrationRecord[];
  /** What is at work on it now. */
  readonly job: Job | null;
}

/** A table of a tenant. */
export interface TenantTable {
  readonly name: string;
  /** With its indexes and what is stored out of line; null while somebody has it locked. */
  readonly bytes: number | null;
  /** PostgreSQL's estimate; null before the first analyze. */
  readonly rows: number | null;
}

/** One migration that was run on a tenant. */
export interface MigrationRecord {
  readonly fromVersion: number;
  readonly toVersion: number;
  readonly outcome: "migrated" | "failed";
  readonly ms: number;
  readonly sqlstate: string | null;
  readonly message: string | null;
  readonly finishedAt: string;
}

/** What the verbs on a tenant's row answer. */
export interface ChangedTenant {
  readonly schemaName: string;
  readonly status: Status;
  readonly statementTimeoutMs: number;
  /** How many transactions that began before still ran when the wait for them was given up. */
  readonly stillRunning: number;
}

/** POST …/set: one of them at least. */
export interface TenantSettings {
  readonly readOnly?: boolean;
  /** 1 to 86,400,000. */
  readonly statementTimeoutMs?: number;
}

/** POST …/add-host and …/remove-host; the answer has the host in the registry's form. */
export interface HostChange {
  readonly host: string;
}

/** POST …/rename */
export interface RenameRequest {
  readonly schemaName: string;
}

/** What a rename did. */
export interface RenamedTenant {
  readonly schemaName: string;
  readonly before: string;
  readonly stillRunning: number;
}

/** POST …/drop */
export interface DropRequest {
  /** The schema's name, typed once more; anything else is refused. */
  readonly confirm: string;
  /** Whether it is exported first, into the server's folder of exports; true when left out. */
  readonly backup?: boolean;
}

/** Work on one tenant that goes on after its request was answered. A tenant has one at most. */
export interface Job {
  readonly id: string;
  readonly kind: "export" | "drop";
  readonly schemaName: string;
  readonly state: "running" | "done" | "failed";
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly done: number;
  /** Null before it is known. */
  readonly total: number | null;
  /** What `done` and `total` count. */
  readonly unit: "bytes" | "objects";
  /** How it ended, in one line: what was written and where, or what went wrong. */
  readonly message: string | null;
}

/** GET /api/migrations */
export interface Migrations {
  readonly newestVersion: number;
  readonly versions: readonly { readonly version: number; readonly tenants: number }[];
  /** By ascending number: each migration that some tenant lacks. */
  readonly pending: readonly PendingMigration[];
  /** How many tenants a run would migrate now. */
  readonly behind: number;
  /** The first 200 of them by name. */
  readonly tenants: readonly { readonly schemaName: string; readonly version: number }[];
  /** How many are behind but in transition, and the first 200 of them. */
  readonly skippedCount: number;
  readonly skipped: readonly { readonly schemaName: string; readonly reason: string }[];
  /** The run that is at work, else the last of this server; null when there was none. */
  readonly run: MigrationState | null;
}

/** A migration that some tenant lacks. */
export interface PendingMigration {
  readonly number: number;
  readonly name: string;
  /** How many lack it. */
  readonly tenants: number;
}

/** POST /api/migrations/start; `{}` migrates all that are behind. */
export interface MigrationRequest {
  /** Only so many of them, chosen at random. */
  readonly canary?: { readonly count: number } | { readonly percent: number };
  /** Only these, as in `a,b,shop_*`. */
  readonly tenants?: string;
  /** Begins no more once so many have failed. */
  readonly maxFailures?: number;
}

/** A run of the migrations. */
export interface MigrationState {
  readonly id: string;
  /** "stopping" begins no more; "stopped" is its end; "broken" when it could not go on: see message. */
  readonly state: "running" | "stopping" | "done" | "stopped" | "broken";
  readonly isCanary: boolean;
  readonly target: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** How many tenants it is to migrate. */
  readonly total: number;
  readonly migrated: number;
  readonly failed: number;
  /** Migrated by another run, or dropped or moved meanwhile. */
  readonly elsewhere: number;
  /** Not begun or still at work. */
  readonly left: number;
  /** Left for later by the canary. */
  readonly held: number;
  /** Behind, but in transition. */
  readonly skipped: number;
  /** Over the last ten seconds. */
  readonly perSecond: number;
  /** Null before it can be told, and at the end. */
  readonly secondsLeft: number | null;
  /** The names, at most 200. */
  readonly tenants: readonly string[];
  /** The newest first, at most 200. */
  readonly failures: readonly MigrationFailure[];
  readonly message: string | null;
}

/** A tenant that a run did not migrate. It is as it was. */
export interface MigrationFailure {
  readonly schemaName: string;
  readonly version: number;
  readonly sqlstate: string | null;
  /** PostgreSQL's or the migration's own. */
  readonly message: string;
}

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
