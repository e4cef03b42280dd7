// Reads the bodies of requests. A member that is not known is an error: a misspelt one would be lost in silence.

import { AppError } from "../../src/errors.ts";
import type { NewTenant, Settings, TenantChange } from "../library/contract/tenant.ts";

/** The most hosts of a new tenant. */
export const MOST_HOSTS = 100;

/**
 * Reads the body of a creation.
 * @throws {AppError} BODY_INVALID
 */
export function parseCreation(
  body: unknown,
): Pick<NewTenant, "schemaName" | "hosts" | "database"> & { readonly settings: Settings } {
  const members = parseMembers(body, "schemaName hosts settings database");
  const { schemaName, hosts, settings = {}, database } = members;
  if (typeof schemaName !== "string") throw invalid("schemaName", "a text");
  if (!isTexts(hosts)) throw invalid("hosts", "an array of texts");
  if (hosts.length > MOST_HOSTS) throw invalid("hosts", `an array of ${MOST_HOSTS} at most`);
  if (!isObject(settings)) throw invalid("settings", "an object");
  if (database !== undefined && typeof database !== "string") throw invalid("database", "a text");
  return { schemaName, hosts, settings, database };
}

/**
 * Reads the body of a change of a tenant; the library checks the number.
 * @throws {AppError} BODY_INVALID
 */
export function parseChange(body: unknown): Pick<TenantChange, "readOnly" | "statementTimeoutMs"> {
  const { readOnly, statementTimeoutMs } = parseMembers(body, "readOnly statementTimeoutMs");
  if (readOnly !== undefined && typeof readOnly !== "boolean") {
    throw invalid("readOnly", "true or false");
  }
  if (statementTimeoutMs !== undefined && typeof statementTimeoutMs !== "number") {
    throw invalid("statementTimeoutMs", "a number");
  }
  if (readOnly === undefined && statementTimeoutMs === undefined) {
    throw invalid("readOnly or statementTimeoutMs", "there");
  }
  return { readOnly, statementTimeoutMs };
}

/**
 * Reads the body of a change of settings.
 * @throws {AppError} BODY_INVALID
 */
export function parseSettingsChange(body: unknown): Required<Pick<TenantChange, "set" | "unset">> {
  const { set = {}, unset = [] } = parseMembers(body, "set unset");
  if (!isObject(set)) throw invalid("set", "an object");
  if (!isTexts(unset)) throw invalid("unset", "an array of texts");
  return { set, unset };
}

function parseMembers(body: unknown, known: string): Readonly<Record<string, unknown>> {
  const names = known.split(" ");
  if (!isObject(body)) throw invalid("the body", "an object");
  const other = Object.keys(body).find((name) => !names.includes(name));
  if (other === undefined) return body;
  const has = names.map((name) => `"${name}"`).join(", ");
  throw new AppError(
    "BODY_INVALID",
    `Cannot read body: it has the member ${JSON.stringify(other)}, and may have ${has}`,
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function invalid(name: string, wanted: string): AppError {
  return new AppError("BODY_INVALID", `Cannot read body: ${name} must be ${wanted}`);
}
