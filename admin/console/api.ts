// The types of what the operator page and its server send to each other. Browser code imports them too. Every path
// under /api needs the session's cookie, and its key as `Authorization: Bearer KEY`. A change is a POST with a JSON
// object, `{}` at least. A tenant has one change at a time; another is answered 409. Times are ISO 8601 in UTC. Sizes are
// bytes.
//
//   GET  /enter?token=TOKEN                  sets the cookie and hands out the key, once
//   GET  /                                   the page; its files are /page/FILE
//   GET  /vendor/uplot.js, /vendor/uplot.css
//   GET  /api/databases                      Databases
//   GET  /api/fleet?database                 Fleet
//   GET  /api/fleet/sizes?database           FleetSizes
//   GET  /api/traffic                        Traffic
//   GET  /api/tenants?database&search&only&sort&order&offset&limit   TenantPage
//   GET  /api/tenants/SCHEMA                 TenantDetail
//   ANY  /tenants, /tenants/…                the routes of ../api/description/description.ts
//   POST /api/tenants/check                  NewTenantWish → NewTenantCheck; changes nothing
//   POST /api/tenants/SCHEMA/clone           CloneRequest → Job
//   POST /api/tenants/SCHEMA/rename          RenameRequest → RenamedTenant
//   POST /api/tenants/SCHEMA/export          {} → Job
//   POST /api/tenants/SCHEMA/move            MoveRequest → Job
//   POST /api/tenants/SCHEMA/drop            DropRequest → Job
//   POST /api/adoptions/plan                 AdoptionWish → AdoptionPlanView; changes nothing
//   POST /api/adoptions                      AdoptionRequest → Job
//   GET  /api/work?database                  Work
//   GET  /api/jobs                           readonly Job[], the newest first
//   POST /api/jobs/ID/stop                   {} → Job
//   GET  /api/migrations?database            Migrations
//   POST /api/migrations/start               MigrationRequest → MigrationState
//   POST /api/migrations/stop                {} → MigrationState; the tenants in progress end
//   GET  /api/events                         server-sent events, see ConsoleEvents

export type * from "./api/status.ts";
export type * from "./api/databases.ts";
export type * from "./api/traffic.ts";
export type * from "./api/fleet.ts";
export type * from "./api/tenant-list.ts";
export type * from "./api/tenant.ts";
export type * from "./api/change.ts";
export type * from "./api/job.ts";
export type * from "./api/new-tenant.ts";
export type * from "./api/adoption.ts";
export type * from "./api/work.ts";
export type * from "./api/migrations.ts";
export type * from "./api/events.ts";

/**
 * The body of every error, `application/problem+json`: https://www.rfc-editor.org/rfc/rfc9457. 401: the request lacks
 * the session's cookie or key. 503: the database does not answer. After both a later request may succeed.
 */
export interface Problem {
  /** "about:blank": the status says what kind of error it is. */
  readonly type: string;
  /** The name of the status. */
  readonly title: string;
  readonly status: number;
  /** One line for a person. It may hold any character: never put it into the page as HTML. */
  readonly detail: string;
}
