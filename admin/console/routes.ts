// The routes that the page has beside those of the admin API. A request that comes here has passed the door.

import type { ServerResponse } from "node:http";
import { Router } from "itty-router";
import { findDatabase } from "../databases/find.ts";
import type { Registry } from "../registry/registry.ts";
import { parseSchemaName } from "../registry/tenants/schema-name.ts";
import {
  type Body,
  findInteger,
  findObject,
  findText,
  findBoolean,
  requireText,
} from "./door/body.ts";
import type { Console } from "./console.ts";
import { readFleet } from "./fleet/fleet.ts";
import type { MigrationWish } from "./work/migration-run.ts";
import { readMigrations } from "./work/migrations.ts";
import { readWork } from "./work/work.ts";
import { RequestError } from "./door/request-error.ts";
import { readTenantDetail } from "./tenants/tenant-detail.ts";
import { adoptJob, planAdoption } from "./tenants/adoption.ts";
import { checkNewTenant } from "./tenants/new-tenant.ts";
import { cloneJob, dropJob, exportJob, moveJob } from "./tenants/tenant-jobs.ts";
import { listTenantPage, type Parameters, parseTenantQuery } from "./tenants/tenant-list.ts";

/** A request that passed the door; itty-router fills in `params` and `query`. */
interface Exchange {
  readonly method: string;
  readonly url: string;
  /** The body of a change; empty otherwise. */
  readonly body: Body;
  /** For the events, whose answer does not end. */
  readonly outgoing: ServerResponse;
  params: Record<string, string>;
  query: Parameters;
}

/** Resolves to the answer: a value for JSON, or undefined when the route has written to `outgoing` itself. */
export type Routes = (exchange: Exchange) => Promise<unknown>;

const MOST_TENANTS = 1_000_000;

/**
 * Builds the routes.
 * @returns a function that rejects with what the route throws, and with RequestError 404 when no route matches
 */
export function createRoutes(parts: Console): Routes {
  const { registry, admin, traffic, jobs, migrations, events } = parts;
  /** Finds the database that a request names, or home. */
  const find = ({ query }: Exchange): Promise<Registry> =>
    findDatabase(registry, findText(query, "database"));
  const router = Router<Exchange>();
  router
    .get("/api/databases", () => parts.readDatabases())
    .get("/api/fleet", async (exchange) => readFleet(await find(exchange), traffic.services()))
    .get("/api/fleet/sizes", async (exchange) => parts.sizesOf(await find(exchange)).read())
    .get("/api/traffic", () => traffic.read())
    .get("/api/tenants", async (exchange) => {
      const wish = parseTenantQuery(exchange.query);
      const there = await find(exchange);
      return listTenantPage(there, parts.sizesOf(there), wish);
    })
    .post("/api/tenants/check", ({ body }) => checkNewTenant(registry, body))
    .get("/api/tenants/:schemaName", ({ params }) => {
      const schemaName = schemaOf(params);
      return readTenantDetail(registry, schemaName, jobs.find(schemaName) ?? null);
    })
    .post("/api/tenants/:schemaName/export", ({ params }) =>
      jobs.start(exportJob(admin, schemaOf(params), parts.exports)),
    )
    .post("/api/tenants/:schemaName/clone", ({ params, body }) =>
      jobs.start(cloneJob(admin, schemaOf(params), body)),
    )
    .post("/api/tenants/:schemaName/drop", ({ params, body }) => {
      const folder = findBoolean(body, "backup") === false ? undefined : parts.exports;
      return jobs.start(dropJob(admin, schemaOf(params), requireText(body, "confirm"), folder));
    })
    .post("/api/tenants/:schemaName/move", ({ params, body }) =>
      jobs.start(moveJob(admin, schemaOf(params), requireText(body, "database"))),
    )
    .post("/api/tenants/:schemaName/rename", ({ params, body }) => {
      const [from, to] = [schemaOf(params), parseSchemaName(requireText(body, "schemaName"))];
      return jobs.take(from, "rename-tenant", () => admin.renameTenant(from, to));
    })
    .post("/api/adoptions/plan", ({ body }) => planAdoption(admin, body))
    .post("/api/adoptions", async ({ body }) => jobs.start(await adoptJob(admin, body)))
    .get("/api/work", async (exchange) => readWork(await find(exchange), parts))
    .get("/api/jobs", () => jobs.list())
    .post("/api/jobs/:id/stop", ({ params }) => jobs.stop(params["id"] ?? ""))
    .get("/api/migrations", async (exchange) =>
      readMigrations(await find(exchange), migrations.current()),
    )
    .post("/api/migrations/start", ({ body }) => migrations.start(parseWish(body)))
    .post("/api/migrations/stop", () => migrations.stop())
    .get("/api/events", ({ outgoing }) => {
      events.add(outgoing, (tell) => {
        const run = migrations.current();
        if (run !== undefined) tell("migration", run);
        for (const job of jobs.list()) if (job.state === "running") tell("job", job);
      });
      return outgoing;
    });
  return async (exchange) => {
    const found: unknown = await router.fetch(exchange);
    if (found === undefined)
      throw new RequestError(404, "Cannot answer: the console does not have this path");
    return found === exchange.outgoing ? undefined : found;
  };
}

function schemaOf(params: Exchange["params"]): string {
  return parseSchemaName(params["schemaName"] ?? "");
}

function parseWish(body: Body): MigrationWish {
  const canary = findObject(body, "canary");
  const tenants = findText(body, "tenants");
  const maxFailures = findInteger(body, "maxFailures", 1, MOST_TENANTS) ?? Infinity;
  const database = findText(body, "database");
  return { database, maxFailures, tenants, canary: canary && parseCanary(canary) };
}

function parseCanary(canary: Body): NonNullable<MigrationWish["canary"]> {
  const count = findInteger(canary, "count", 1, MOST_TENANTS);
  const percent = findInteger(canary, "percent", 1, 100);
  if (count !== undefined) return { count };
  if (percent !== undefined) return { percent };
  throw new RequestError(400, 'Cannot migrate: "canary" takes "count" or "percent"');
}
