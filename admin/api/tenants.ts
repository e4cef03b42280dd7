// What the routes do: each is one function of the admin library.

import { isDeepStrictEqual } from "node:util";
import { AppError } from "../../src/errors.ts";
import { parseDomain } from "../../src/host.ts";
import { Reply } from "../../src/http/answer.ts";
import type { Exchange } from "../../src/http/exchange.ts";
import type { Log } from "../../src/log.ts";
import type { Admin } from "../library/contract/contract.ts";
import { parseHosts } from "../library/parse.ts";
import type { ChangedTenant, Settings, Tenant } from "../library/contract/tenant.ts";
import { AdminError } from "../registry/admin-error.ts";
import { parseChange, parseCreation, parseSettingsChange } from "./body.ts";
import type { Door, Handle } from "./door.ts";
import { parsePage } from "./page.ts";

/** The parts that the handlers need. */
export interface TenantParts {
  /** The admin library, whose changes are made in the name of this actor. */
  readonly adminOf: (actor: string) => Admin;
  readonly door: Door;
  /** Gets a line for each change; without it, there is none. */
  readonly log?: Log;
}

/** The handlers by name. */
export type TenantHandlers = Readonly<
  Record<
    | "create"
    | "list"
    | "read"
    | "change"
    | "addHost"
    | "removeHost"
    | "suspend"
    | "resume"
    | "setSettings",
    Handle
  >
>;

/** A change of a tenant by the verb of this name. */
interface Change<T> {
  readonly verb: string;
  /** The tenant; the one of the path when left out. */
  readonly schemaName?: string;
  readonly work: (admin: Admin, schemaName: string) => Promise<T>;
}

/** Makes the handlers. */
export function createHandlers({ adminOf, door, log }: TenantParts): TenantHandlers {
  /** Makes one change of the tenant, and writes its line. */
  const change = async <T>(exchange: Exchange, actor: string, wanted: Change<T>): Promise<T> => {
    const { verb, schemaName = nameOf(exchange), work } = wanted;
    const line = { requestId: exchange.requestId, actor, verb, tenant: schemaName };
    try {
      const result = await door.turns.take(schemaName, verb, () =>
        work(adminOf(actor), schemaName),
      );
      log?.write("info", "tenant changed", line);
      return result;
    } catch (error) {
      log?.write("warn", "change failed", { ...line, reason: reasonOf(error) });
      throw error;
    }
  };

  const handlers: TenantHandlers = {
    async create(exchange, actor) {
      const { schemaName, ...wanted } = parseCreation(await exchange.readJson());
      try {
        const created = await change(exchange, actor, {
          verb: "add-tenant",
          schemaName,
          work: (admin) => admin.createTenant({ schemaName, ...wanted }),
        });
        return new Reply(201, created);
      } catch (error) {
        if (!isCode(error, "tenant_exists")) throw error;
        const { settings = {} } = (await adminOf(actor).findTenant(schemaName)) ?? {};
        if (!hasSettings(settings, wanted.settings)) throw otherSettings(schemaName);
        return { schemaName, hosts: parseHosts(wanted.hosts) };
      }
    },
    async list({ query }, actor) {
      const { after, limit } = parsePage(query);
      const found = await adminOf(actor).listTenants({ after, limit: limit + 1 });
      const last = found.length > limit ? found[limit - 1] : undefined;
      return { items: found.slice(0, limit).map(show), next: last?.schemaName ?? null };
    },
    async read(exchange, actor) {
      const schemaName = nameOf(exchange);
      const tenant = await adminOf(actor).findTenant(schemaName);
      if (tenant !== undefined) return show(tenant);
      throw new AppError(
        "TENANT_NOT_FOUND",
        `Cannot read tenant: tenant "${schemaName}" does not exist`,
      );
    },
    async change(exchange, actor) {
      const wanted = parseChange(await exchange.readJson());
      return showStatus(
        await change(exchange, actor, {
          verb: "set-tenant",
          work: (admin, schemaName) => admin.setTenant(schemaName, wanted),
        }),
      );
    },
    async addHost(exchange, actor) {
      const host = hostOf(exchange);
      const work: Change<unknown>["work"] = (admin, schemaName) => admin.addHost(schemaName, host);
      try {
        return new Reply(201, await change(exchange, actor, { verb: "add-domain", work }));
      } catch (error) {
        if (!isCode(error, "host_taken")) throw error;
        const own = { host: parseDomain(host), schemaName: nameOf(exchange) };
        const found = await adminOf(actor).findTenant(own.schemaName);
        if (found?.hosts.includes(own.host)) return own;
        throw error;
      }
    },
    async removeHost(exchange, actor) {
      const host = hostOf(exchange);
      const work: Change<unknown>["work"] = (admin, owner) => admin.removeHost(host, owner);
      await change(exchange, actor, { verb: "remove-domain", work });
      return new Reply(204);
    },
    async suspend(exchange, actor) {
      const work: Change<ChangedTenant>["work"] = (admin, name) => admin.suspendTenant(name);
      return showStatus(await change(exchange, actor, { verb: "suspend-tenant", work }));
    },
    async resume(exchange, actor) {
      const work: Change<ChangedTenant>["work"] = (admin, name) => admin.resumeTenant(name);
      return showStatus(await change(exchange, actor, { verb: "resume-tenant", work }));
    },
    async setSettings(exchange, actor) {
      const wanted = parseSettingsChange(await exchange.readJson());
      const work: Change<ChangedTenant>["work"] = (admin, name) => admin.setTenant(name, wanted);
      const changed = await change(exchange, actor, { verb: "set-tenant", work });
      const { schemaName, settings, stillRunning } = changed;
      return { schemaName, settings, stillRunning };
    },
  };
  return withErrors(handlers, door.explain);
}

function withErrors(handlers: TenantHandlers, explain: Door["explain"]): TenantHandlers {
  const wrap =
    (handle: Handle): Handle =>
    async (exchange, actor) => {
      try {
        return await handle(exchange, actor);
      } catch (error) {
        throw explain(error);
      }
    };
  const entries = Object.entries(handlers).map(([name, handle]) => [name, wrap(handle)] as const);
  return Object.fromEntries(entries) as TenantHandlers;
}

function nameOf({ params }: Exchange): string {
  return params["schemaName"] ?? "";
}

function hostOf({ params }: Exchange): string {
  return params["host"] ?? "";
}

/** A tenant as a client sees it: without the other database of a move. */
function show(tenant: Tenant): unknown {
  return { ...tenant, peer: undefined };
}

function showStatus(changed: ChangedTenant): unknown {
  const { schemaName, status, statementTimeoutMs, stillRunning } = changed;
  return { schemaName, status, statementTimeoutMs, stillRunning };
}

/** What the operator reads. The words of PostgreSQL's own errors may hold values; those of a migration's are needed. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof AdminError)) return undefined;
  return error.code === "database_error" ? `SQLSTATE ${error.sqlstate}` : error.message;
}

function isCode(error: unknown, code: AdminError["code"]): boolean {
  return error instanceof AdminError && error.code === code;
}

/** Whether a tenant has what a creation sets; more may have been set since. */
function hasSettings(settings: Settings, wanted: Settings): boolean {
  return Object.entries(wanted).every(([name, value]) => isDeepStrictEqual(settings[name], value));
}

function otherSettings(schemaName: string): AdminError {
  return new AdminError(
    `Cannot add tenant: "${schemaName}" is a tenant already, with other settings; choose another name`,
    { code: "name_taken" },
  );
}
