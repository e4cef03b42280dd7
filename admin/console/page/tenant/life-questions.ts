// The questions before a rename, an export and a drop.

import type { DropRequest, Job, RenamedTenant, RenameRequest, TenantDetail } from "../../api.ts";
import { change, ownPath } from "../client.ts";
import type { Question } from "../parts/dialog.ts";
import { element } from "../parts/element.ts";
import { tenantHash } from "../view.ts";

/** Asks for the new name. */
export function rename({ schemaName }: TenantDetail): Question {
  return {
    title: `Rename ${schemaName}`,
    text: element(
      "p",
      {},
      "Renames the schema and its role. The hosts stay, so the service goes on; it answers requests that run at that " +
        "moment with 503.",
    ),
    fields: [
      {
        name: "schemaName",
        label: "New name",
        type: "text",
        value: schemaName,
        hint: "Lower-case letters, digits and _; at most 48",
      },
    ],
    verb: "Rename",
    pending: "Renaming",
    async act(values) {
      const body: RenameRequest = { schemaName: values.get("schemaName") ?? "" };
      const answer = await change<RenamedTenant>(ownPath(schemaName, "rename"), body);
      location.hash = tenantHash(answer.schemaName);
      return `Renamed ${answer.before} to ${answer.schemaName}`;
    },
  };
}

/** Asks before an export. */
export function exportTenant({ schemaName }: TenantDetail, changed: () => void): Question {
  return {
    title: `Export ${schemaName}`,
    text: element(
      "p",
      {},
      "Writes a consistent copy of its data to a file in the console's export folder. The service goes on.",
    ),
    verb: "Export",
    pending: "Starting",
    async act() {
      await change<Job>(ownPath(schemaName, "export"));
      changed();
      return `Started the export of ${schemaName}`;
    },
  };
}

/** Asks before a drop. */
export function drop({ schemaName }: TenantDetail, changed: () => void): Question {
  return {
    title: `Drop ${schemaName}`,
    text: element(
      "p",
      {},
      "Suspends the tenant, exports it, and removes its schema, role, hosts and records. ",
      element("strong", {}, "Only the export can bring it back."),
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
      await change<Job>(ownPath(schemaName, "drop"), body);
      changed();
      return `Started the drop of ${schemaName}`;
    },
  };
}
