// Questions before a tenant gets another name, a file, or an end.

import type { DropRequest, Job, RenamedTenant, RenameRequest, TenantDetail } from "../api.ts";
import { change, tenantPath } from "./client.ts";
import type { Question } from "./dialog.ts";
import { element } from "./element.ts";
import { tenantHash } from "./view.ts";

/** Under which name? */
export function rename({ schemaName }: TenantDetail): Question {
  return {
    title: `Rename ${schemaName}`,
    text: element(
      "p",
      {},
      "Renames the schema and its role. Hosts stay as they are, so requests go on; those of that moment are " +
        "answered 503.",
    ),
    fields: [
      {
        name: "schemaName",
        label: "New name",
        type: "text",
        value: schemaName,
        hint: "Lower-case letters, digits and _, 48 at most",
      },
    ],
    verb: "Rename",
    pending: "Renaming",
    async act(values) {
      const body: RenameRequest = { schemaName: values.get("schemaName") ?? "" };
      const answer = await change<RenamedTenant>(tenantPath(schemaName, "rename"), body);
      location.hash = tenantHash(answer.schemaName);
      return `Renamed ${answer.before} to ${answer.schemaName}`;
    },
  };
}

/** Write it to a file? */
export function exportTenant({ schemaName }: TenantDetail, changed: () => void): Question {
  return {
    title: `Export ${schemaName}`,
    text: element(
      "p",
      {},
      "Writes one state of its data to a file in the console's folder of exports; requests go on.",
    ),
    verb: "Export",
    pending: "Starting",
    async act() {
      await change<Job>(tenantPath(schemaName, "export"));
      changed();
      return `The export of ${schemaName} has begun`;
    },
  };
}

/** End it? */
export function drop({ schemaName }: TenantDetail, changed: () => void): Question {
  return {
    title: `Drop ${schemaName}`,
    text: element(
      "p",
      {},
      "Suspends the tenant, exports it, and removes its schema, role, hosts and records. ",
      element("strong", {}, "Nothing but the export brings it back."),
    ),
    fields: [
      { name: "backup", label: "Export it first", type: "checkbox", value: true },
      {
        name: "confirm",
        label: `Type ${schemaName} to confirm`,
        type: "text",
        mustBe: schemaName,
      },
    ],
    verb: "Drop tenant",
    isGrave: true,
    pending: "Starting",
    async act(values) {
      const body: DropRequest = {
        confirm: values.get("confirm") ?? "",
        backup: values.get("backup") === "yes",
      };
      await change<Job>(tenantPath(schemaName, "drop"), body);
      changed();
      return `The drop of ${schemaName} has begun`;
    },
  };
}
