// The creation of a tenant, and the check of what a person types for it.

import { AppError } from "../../../src/errors.ts";
import { parseDomain } from "../../../src/host.ts";
import type { Admin } from "../../library/contract.ts";
import { parseHosts } from "../../library/parse.ts";
import { requireFreeHosts } from "../../lifecycle/domain.ts";
import { requireFreeName } from "../../lifecycle/free-name.ts";
import { changeSettings, parseSettingsChange } from "../../lifecycle/settings.ts";
import { AdminError } from "../../registry/admin-error.ts";
import type { Registry, Settings } from "../../registry/registry.ts";
import { parseSchemaName } from "../../registry/schema-name.ts";
import type { NewTenantCheck } from "../api.ts";
import { type Body, findText, findTexts, requireText } from "../door/body.ts";
import type { JobWork } from "../work/jobs.ts";
import { proposeName } from "./proposed-name.ts";

/**
 * The work of a creation.
 * @param body a NewTenantRequest
 * @throws {RequestError} 400 for a malformed body
 * @throws {AdminError} for a name, a host or a setting that is not acceptable
 */
export function createJob(admin: Admin, body: Body): JobWork {
  const schemaName = parseSchemaName(requireText(body, "schemaName"));
  const hosts = parseHosts(findTexts(body, "hosts") ?? []);
  const settings = readSettings(findTexts(body, "settings") ?? []);
  return {
    kind: "create",
    schemaName,
    source: null,
    claims: [schemaName],
    unit: "objects",
    isStoppable: false,
    async run() {
      const created = await admin.createTenant({ schemaName, hosts, settings });
      return `Added tenant "${created.schemaName}" at ${created.hosts.join(", ")}`;
    },
  };
}

/**
 * Finds what the creation would refuse, and changes nothing.
 * @param body a NewTenantRequest whose fields may be missing or empty
 * @throws {RequestError} 400 for a field of another type
 */
export async function checkNewTenant(registry: Registry, body: Body): Promise<NewTenantCheck> {
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
  await attempt("settings", () => readSettings(findTexts(body, "settings") ?? []));
  await registry.sequelize.transaction(async (transaction) => {
    if (schemaName !== undefined) {
      await attempt("schemaName", () => requireFreeName(transaction, schemaName));
    }
    if (hosts.length > 0) {
      const wanted = { schemaName: name, hosts };
      await attempt("hosts", () => requireFreeHosts(transaction, wanted));
    }
  });
  return { proposal: proposeName(hosts[0] ?? ""), problems };
}

function readSettings(texts: readonly string[]): Settings {
  return changeSettings({}, parseSettingsChange(texts, []));
}
