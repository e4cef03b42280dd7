// The question before a tenant is added. What is wrong with a name, a host or a setting is said while it is typed.

import type { NewTenantCheck, NewTenantWish } from "../../api.ts";
import { change } from "../client.ts";
import type { Findings, Question, Values } from "../parts/dialog.ts";
import { readDatabase } from "../databases/database-field.ts";
import { element } from "../parts/element.ts";
import type { Field } from "../parts/field.ts";
import { parseSettings } from "../parts/settings.ts";
import { tenantHash } from "../view.ts";

/** The fields of every new tenant. */
export const NEW_TENANT_FIELDS: readonly Field[] = [
  {
    name: "hosts",
    label: "Hosts",
    type: "text",
    hint: "For example acme.example.com; separate several with spaces",
  },
  {
    name: "schemaName",
    label: "Name of the schema",
    type: "text",
    hint: "Lower-case letters, digits and _; at most 48",
  },
];

/** Reads the values of {@link NEW_TENANT_FIELDS}. */
export function readNewTenant(
  values: Values,
): Required<Pick<NewTenantWish, "schemaName" | "hosts">> {
  return {
    schemaName: values.get("schemaName") ?? "",
    hosts: (values.get("hosts") ?? "").split(/[\s,]+/).filter((host) => host !== ""),
  };
}

/** Asks the server what it would refuse. */
export async function checkNewTenant(values: Values): Promise<Findings> {
  const body: NewTenantWish = {
    ...readNewTenant(values),
    ...readDatabase(values),
    settings: readSettings(values),
  };
  const { proposal, problems } = await change<NewTenantCheck>("/api/tenants/check", body);
  return { problems, proposals: { schemaName: proposal } };
}

/**
 * Asks for the new tenant.
 * @param placing the field for its database
 */
export function addTenant(placing: readonly Field[]): Question {
  return {
    title: "Add a tenant",
    text: element("p", {}, "Creates its schema, role and tables, and serves it at its hosts."),
    fields: [
      ...NEW_TENANT_FIELDS,
      ...placing,
      {
        name: "settings",
        label: "Settings",
        type: "lines",
        isOptional: true,
        hint: "One a line: plan=pro for a text, seats:=25 for JSON. Not for secrets",
      },
    ],
    verb: "Add tenant",
    pending: "Adding",
    check: checkNewTenant,
    async act(values) {
      const { schemaName, hosts } = readNewTenant(values);
      const settings = parseSettings(readSettings(values));
      await change("/tenants", { schemaName, hosts, settings, ...readDatabase(values) });
      location.hash = tenantHash(schemaName);
      return `Added ${schemaName}`;
    },
  };
}

function readSettings(values: Values): readonly string[] {
  return (values.get("settings") ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
