// The verbs on a tenant's row and its hosts. They call the functions of the command line with the fields of a request's
// body.

import { parseDomain } from "../../../src/host.ts";
import { renameTenant } from "../../rename/rename.ts";
import {
  LONGEST_TIMEOUT_MS,
  resumeTenant,
  setTenant,
  suspendTenant,
  type TenantChange,
} from "../../lifecycle/status.ts";
import { parseSettingsChange } from "../../lifecycle/settings.ts";
import { addDomain, removeDomain } from "../../lifecycle/domain.ts";
import type { Registry } from "../../registry/registry.ts";
import { parseSchemaName } from "../../registry/schema-name.ts";
import type { ChangedTenant, HostChange, RenamedTenant } from "../api.ts";
import { type Body, findBoolean, findInteger, findTexts, requireText } from "../door/body.ts";
import { RequestError } from "../door/request-error.ts";

/** A verb. It resolves to the answer when the change is in force. */
export type TenantVerb = (
  registry: Registry,
  schemaName: string,
  body: Body,
) => Promise<ChangedTenant | HostChange | RenamedTenant>;

/** The verbs by the last part of their path. */
export const TENANT_VERBS: Readonly<Record<string, TenantVerb>> = {
  suspend: (registry, schemaName) => suspendTenant(registry, schemaName),
  resume: (registry, schemaName) => resumeTenant(registry, schemaName),
  set(registry, schemaName, body) {
    const readOnly = findBoolean(body, "readOnly");
    const statementTimeoutMs = findInteger(body, "statementTimeoutMs", 1, LONGEST_TIMEOUT_MS);
    const [set, unset] = [findTexts(body, "set"), findTexts(body, "unset")];
    const isSetting = set !== undefined || unset !== undefined;
    if (readOnly === undefined && statementTimeoutMs === undefined && !isSetting) {
      throw new RequestError(
        400,
        'Cannot set tenant: the body must have "readOnly", "statementTimeoutMs", "set" or "unset"',
      );
    }
    const status: TenantChange["status"] = readOnly ? "read_only" : "active";
    return setTenant(registry, schemaName, {
      ...(readOnly === undefined ? {} : { status }),
      ...(statementTimeoutMs === undefined ? {} : { statementTimeoutMs }),
      ...(isSetting ? { settings: parseSettingsChange(set ?? [], unset ?? []) } : {}),
    });
  },
  async "add-host"(registry, schemaName, body) {
    const host = parseDomain(requireText(body, "host"));
    await addDomain(registry, host, schemaName);
    return { host };
  },
  async "remove-host"(registry, schemaName, body) {
    const host = parseDomain(requireText(body, "host"));
    await removeDomain(registry, host, schemaName);
    return { host };
  },
  rename: (registry, schemaName, body) =>
    renameTenant(registry, schemaName, parseSchemaName(requireText(body, "schemaName"))),
};
