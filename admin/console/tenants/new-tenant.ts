// The check of what a person types for a new tenant.

import { AppError } from "../../../src/errors.ts";
import { parseDomain } from "../../../src/host.ts";
import { findDatabase } from "../../databases/find.ts";
import { requireFreeHostsIn, requireFreeNameIn } from "../../databases/free.ts";
import { changeSettings, parseSettingsChange } from "../../lifecycle/settings.ts";
import { AdminError } from "../../registry/admin-error.ts";
import type { Registry } from "../../registry/registry.ts";
import { parseSchemaName } from "../../registry/tenants/schema-name.ts";
import type { NewTenantCheck } from "../api.ts";
import { type Body, findText, findTexts } from "../door/body.ts";
import { proposeName } from "./proposed-name.ts";

/**
 * Finds what the creation would refuse, and changes nothing.
 * @param body a NewTenantWish
 * @throws {RequestError} 400 for a field of another type
 */
export async function checkNewTenant(home: Registry, body: Body): Promise<NewTenantCheck> {
  const problems: NewTenantCheck["problems"][number][] = [];
  const attempt = async <T>(
    field: NewTenantCheck["problems"][number]["field"],
    check: () => T | Promise<T>,
  ): Promise<T | undefined> => {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof AdminError || error instanceof AppError)) throw error;
      problems.push({ field, message: error.message });
      return undefined;
    }
  };
  const name = findText(body, "schemaName") ?? "";
  const schemaName =
    name === "" ? undefined : await attempt("schemaName", () => parseSchemaName(name));
  const hosts: string[] = [];
  for (const text of findTexts(body, "hosts") ?? []) {
    const host = await attempt("hosts", () => parseDomain(text));
    if (host !== undefined) hosts.push(host);
  }
  await attempt("settings", () =>
    changeSettings({}, parseSettingsChange(findTexts(body, "settings") ?? [], [])),
  );
  const database = findText(body, "database");
  const there = await attempt("database", () => findDatabase(home, database));
  if (there !== undefined && schemaName !== undefined) {
    await attempt("schemaName", () => requireFreeNameIn(home, there, schemaName));
  }
  if (there !== undefined && hosts.length > 0) {
    await attempt("hosts", () => requireFreeHostsIn(home, there, { schemaName: name, hosts }));
  }
  return { proposal: proposeName(hosts[0] ?? ""), problems };
}
