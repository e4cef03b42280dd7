// Checks what a caller passes, before anything happens.

import { isDeepStrictEqual } from "node:util";
import { parseDatabaseUrl } from "../../src/config.ts";
import { parseDomain } from "../../src/host.ts";
import { EVENT_VERBS, type EventVerb, isEventVerb } from "../events/event.ts";
import type { NewTenant as WantedTenant } from "../lifecycle/creation.ts";
import { changeSettings, type SettingsChange } from "../lifecycle/settings.ts";
import { LONGEST_TIMEOUT_MS } from "../lifecycle/status.ts";
import { parseActor } from "../registry/actor.ts";
import { AdminError } from "../registry/admin-error.ts";
import { isDatabaseName } from "../registry/others.ts";
import { parseSchemaName } from "../registry/tenants/schema-name.ts";
import { parseSettingName } from "../registry/tenants/pattern.ts";
import type { NewTenant, Settings } from "./contract/tenant.ts";

/**
 * Checks a tenant to create.
 * @throws {AdminError} name_invalid, host_invalid, settings_invalid or option_invalid
 * @throws {AppError} HOST_INVALID
 */
export function parseNewTenant({
  schemaName,
  hosts,
  settings,
  statementTimeoutMs,
}: NewTenant): WantedTenant {
  return {
    schemaName: parseSchemaName(schemaName),
    hosts: parseHosts(hosts),
    ...(settings && { settings: parseSettings(settings) }),
    ...(statementTimeoutMs !== undefined && {
      statementTimeoutMs: parseStatementTimeout(statementTimeoutMs),
    }),
  };
}

/** Reads the hosts of a new tenant, each once. */
export function parseHosts(hosts: readonly string[]): readonly string[] {
  if (hosts.length === 0) {
    const message = "Cannot add tenant: it does not have a host; name at least one";
    throw new AdminError(message, { code: "host_invalid" });
  }
  return [...new Set(hosts.map(parseDomain))];
}

/**
 * Checks settings: their names, and that JSON can hold the values as they are.
 * @throws {AdminError} settings_invalid
 */
export function parseSettings(settings: Settings): Settings {
  return changeSettings({}, parseSettingsChange(settings, []));
}

/**
 * Checks a change of settings.
 * @throws {AdminError} settings_invalid
 */
export function parseSettingsChange(set: Settings, unset: readonly string[]): SettingsChange {
  for (const name of [...Object.keys(set), ...unset]) parseSettingName(name);
  const twice = unset.find((name) => Object.hasOwn(set, name));
  if (twice !== undefined) throw invalid(twice, "it is both set and removed");
  for (const [name, value] of Object.entries(set)) {
    if (!isJson(value)) throw invalid(name, "JSON cannot hold its value");
  }
  return { set, unset };
}

// PostgreSQL's jsonb cannot hold NUL, nor half of a surrogate pair. JSON.stringify escapes both.
const NOT_JSONB = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

function isJson(value: unknown): boolean {
  try {
    const text: string | undefined = JSON.stringify(value);
    if (text === undefined || NOT_JSONB.test(text)) return false;
    return isDeepStrictEqual(JSON.parse(text), value);
  } catch {
    return false;
  }
}

function invalid(name: string, problem: string): AdminError {
  return new AdminError(`Cannot set ${JSON.stringify(name)}: ${problem}`, {
    code: "settings_invalid",
  });
}

/** Checks a statement timeout in milliseconds. */
export function parseStatementTimeout(value: number): number {
  return parseWhole("statementTimeoutMs", value, 1, LONGEST_TIMEOUT_MS);
}

/**
 * Checks a whole number.
 * @throws {AdminError} option_invalid
 */
export function parseWhole(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new AdminError(
    `Cannot use ${name} ${JSON.stringify(value)}: it must be a whole number from ${min} to ${max}`,
    { code: "option_invalid" },
  );
}

/**
 * Reads the URL of a database. The message does not repeat it: it has a password.
 * @throws {AdminError} option_invalid
 */
export function parseUrl(name: string, text: string): string {
  try {
    return parseDatabaseUrl(text).reveal();
  } catch (error) {
    const problem = error instanceof Error ? error.message : "it is not a URL";
    throw new AdminError(`Cannot use ${name}: ${problem}`, {
      code: "option_invalid",
      cause: error,
    });
  }
}

/**
 * Reads the URLs of the other databases.
 * @throws {AdminError} option_invalid
 */
export function parseDatabases(
  databases: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const wrong = Object.keys(databases).find((name) => !isDatabaseName(name));
  if (wrong !== undefined) {
    throw new AdminError(
      `Cannot use database ${JSON.stringify(wrong)}: a name is 1 to 31 of a-z, 0-9 and _, begins with a letter, and is ` +
        "not home",
      { code: "option_invalid" },
    );
  }
  const urls = Object.entries(databases);
  return new Map(urls.map(([name, url]) => [name, parseUrl(`databases.${name}`, url)]));
}

/**
 * Reads the name of an actor.
 * @throws {AdminError} option_invalid
 */
export function parseActorName(text: string): string {
  try {
    return parseActor(text);
  } catch (error) {
    const problem = error instanceof Error ? error.message : "it is not a name";
    throw new AdminError(`Cannot use actor: ${problem}`, { code: "option_invalid", cause: error });
  }
}

/**
 * Reads the name of a verb that writes events.
 * @throws {AdminError} option_invalid
 */
export function parseEventVerb(text: string): EventVerb {
  if (isEventVerb(text)) return text;
  const verbs = EVENT_VERBS.join(", ");
  throw new AdminError(
    `Cannot read events: ${JSON.stringify(text)} is not a verb that writes them; use one of ${verbs}`,
    { code: "option_invalid" },
  );
}
