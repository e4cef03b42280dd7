// Checks every line of a list before anything changes: its names, and that they are not repeated in the list.

import { AppError } from "../../src/errors.ts";
import { parseDomain } from "../../src/host.ts";
import { AdminError } from "../registry/admin-error.ts";
import { parseSchemaName } from "../registry/tenants/schema-name.ts";
import { parseSettingName } from "../registry/tenants/pattern.ts";
import type { NewTenant } from "../lifecycle/creation.ts";
import { changeSettings } from "../lifecycle/settings.ts";
import type { Settings } from "../registry/registry.ts";
import type { TenantLine } from "./lines.ts";

/** A tenant to create or to adopt, with its line in the list. */
export interface CheckedTenant extends NewTenant {
  readonly line: number;
}

/** A problem of a line. */
export interface LineProblem {
  readonly line: number;
  readonly problem: string;
}

/**
 * Reads all lines. The list of tenants is complete only when `problems` is empty.
 * @param parseSchema checks the name of a schema; throws an AdminError for an invalid one
 */
export async function checkTenants(
  lines: AsyncIterable<TenantLine> | Iterable<TenantLine>,
  parseSchema: (text: string) => string = parseSchemaName,
): Promise<{
  readonly tenants: readonly CheckedTenant[];
  readonly problems: readonly LineProblem[];
}> {
  const tenants: CheckedTenant[] = [];
  const problems: LineProblem[] = [];
  const [schemaLines, hostLines] = [new Map<string, number>(), new Map<string, number>()];
  for await (const item of lines) {
    const { line } = item;
    if ("problem" in item) {
      problems.push({ line, problem: item.problem });
      continue;
    }
    const check = <I, O>(parse: (given: I) => O, given: I): O | undefined => {
      try {
        return parse(given);
      } catch (error) {
        if (!(error instanceof AdminError || error instanceof AppError)) throw error;
        problems.push({ line, problem: error.message });
        return undefined;
      }
    };
    const claim = (what: string, name: string, taken: Map<string, number>): void => {
      const other = taken.get(name);
      if (other === undefined) taken.set(name, line);
      else problems.push({ line, problem: `${what} "${name}" is already in line ${other}` });
    };
    const schemaName = check(parseSchema, item.schema);
    const parsed = item.hosts.flatMap((host) => check(parseDomain, host) ?? []);
    const hosts = [...new Set(parsed)];
    if (schemaName !== undefined) claim("Schema", schemaName, schemaLines);
    for (const host of hosts) claim("Host", host, hostLines);
    const settings = item.settings && check(parseSettings, item.settings);
    if (schemaName === undefined) continue;
    tenants.push({ line, schemaName, hosts, ...(settings && { settings }) });
  }
  return { tenants, problems };
}

function parseSettings(settings: Settings): Settings {
  for (const name of Object.keys(settings)) parseSettingName(name);
  if (JSON.stringify(settings).includes("\\u0000")) {
    throw new AdminError("Cannot take settings: PostgreSQL cannot hold a NUL");
  }
  return changeSettings({}, { set: settings, unset: [] });
}
