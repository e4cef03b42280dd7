// Selects tenants by a list of names and patterns, such as `a,b,shop_*`, and by their settings, such as `plan=pro`.

import { commandFor } from "../../program/form.ts";
import { AdminError } from "../admin-error.ts";
import { readRows, type Registry } from "../registry.ts";

/** The tenants that a verb is for; all of them when it is empty. */
export interface TenantChoice {
  /** Names and patterns; `*` stands for any characters. */
  readonly tenants?: string | undefined;
  /** Settings that a tenant must all have: `NAME=TEXT`, or `NAME:=JSON`. */
  readonly where?: readonly string[] | undefined;
}

/**
 * Picks the tenants of `all` that are in the list and have the settings.
 * @throws {AdminError} that names every item of the list which does not match a tenant, and for a malformed setting
 */
export async function pickTenants<T extends { readonly schemaName: string }>(
  registry: Pick<Registry, "read">,
  all: readonly T[],
  { tenants, where = [] }: TenantChoice,
): Promise<readonly T[]> {
  const listed = tenants === undefined ? all : pickListed(all, tenants);
  if (where.length === 0) return listed;
  const wanted = JSON.stringify(Object.fromEntries(where.map(parseSetting)));
  const text = `select schema_name as "schemaName" from rowhouse.tenant as t
    where not exists (select from jsonb_each($1::jsonb) as w where w.value is distinct from t.settings -> w.key)`;
  const rows = await readRows<{ schemaName: string }>(registry, text, [wanted]);
  const fit = new Set(rows.map(({ schemaName }) => schemaName));
  return listed.filter(({ schemaName }) => fit.has(schemaName));
}

/**
 * Picks the tenants that match a list of names and patterns; `*` stands for any characters.
 * @throws {AdminError} that names every item which does not match a tenant
 */
export function pickListed<T extends { readonly schemaName: string }>(
  all: readonly T[],
  list: string,
): readonly T[] {
  const items = itemsOf(list);
  const matching = matchingItems(all, list);
  const missing = items.filter((item) => !matching.includes(item));
  if (missing.length > 0) throw nothingMatches(missing);
  const names = new Set(items);
  const tests = items.filter((item) => item.includes("*")).map(patternTest);
  return all.filter(
    ({ schemaName }) => names.has(schemaName) || tests.some((test) => test(schemaName)),
  );
}

/** Returns the items of a list that match a tenant. */
export function matchingItems(
  all: readonly { readonly schemaName: string }[],
  list: string,
): readonly string[] {
  const names = new Set(all.map(({ schemaName }) => schemaName));
  return itemsOf(list).filter((item) =>
    item.includes("*") ? [...names].some(patternTest(item)) : names.has(item),
  );
}

/** The error for items of a list that match nothing. */
export function nothingMatches(items: readonly string[]): AdminError {
  return new AdminError(
    `Cannot find tenants: nothing matches ${items.map((item) => JSON.stringify(item)).join(", ")}; ` +
      `see ${commandFor("list-tenants")}`,
    { code: "tenant_not_found" },
  );
}

/** Cuts a list into its names and patterns. */
export function itemsOf(list: string): readonly string[] {
  return list.split(",").map((item) => item.trim());
}

function patternTest(item: string): (schemaName: string) => boolean {
  const pattern = parsePattern(item);
  return (schemaName) => pattern.test(schemaName);
}

function parsePattern(item: string): RegExp {
  const parts = item.split("*").map((part) => part.replaceAll(/[^a-z0-9_]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

/**
 * Reads a setting: `plan=pro` is a text, `seats:=25` is JSON.
 * @returns its name and its value
 * @throws {AdminError} for another form
 */
export function parseSetting(text: string): readonly [name: string, value: unknown] {
  const [, name = "", sign, value = ""] = /^([^=:]*)(:?=)(.*)$/s.exec(text) ?? [];
  if (sign === undefined) throw malformed(text, "write NAME=TEXT, or NAME:=JSON");
  parseSettingName(name);
  // PostgreSQL's jsonb cannot hold this character.
  if (value.includes("\0") || value.includes("\\u0000")) throw malformed(text, "it has a NUL");
  if (sign === "=") return [name, value];
  try {
    return [name, JSON.parse(value) as unknown];
  } catch {
    throw malformed(text, `what follows := is not JSON; write ${name}=… for a text`);
  }
}

/**
 * Checks the name of a setting.
 * @throws {AdminError} for another form
 */
export function parseSettingName(name: string): string {
  if (/^[A-Za-z][A-Za-z0-9_.-]{0,62}$/.test(name)) return name;
  const advice =
    'a name begins with a letter and has letters, digits, "_", "." and "-", 63 at most';
  throw malformed(name, advice);
}

function malformed(text: string, advice: string): AdminError {
  return new AdminError(`Cannot read setting ${JSON.stringify(text)}: ${advice}`, {
    code: "settings_invalid",
  });
}
