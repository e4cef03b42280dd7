// The question before a clone.

import type { CloneRequest, Job, TenantDetail } from "../../api.ts";
import { change, ownPath } from "../client.ts";
import type { Question } from "../parts/dialog.ts";
import { element } from "../parts/element.ts";
import { checkNewTenant, NEW_TENANT_FIELDS, readNewTenant } from "../tenants/new-tenant.ts";

/** Asks for the new tenant. */
export function clone({ schemaName }: TenantDetail, changed: () => void): Question {
  return {
    title: `Clone ${schemaName}`,
    text: element(
      "p",
      {},
      `Creates a tenant with the version, the settings and the rows that ${schemaName} has at one moment. ` +
        `The service keeps serving ${schemaName}.`,
    ),
    fields: [
      ...NEW_TENANT_FIELDS,
      { name: "rows", label: "Copy the rows", type: "checkbox", value: true },
      {
        name: "lossy",
        label: "Leave out manual changes that cannot be copied",
        type: "checkbox",
      },
    ],
    verb: "Clone",
    pending: "Starting",
    check: checkNewTenant,
    async act(values) {
      const body: CloneRequest = {
        ...readNewTenant(values),
        rows: values.get("rows") === "yes",
        lossy: values.get("lossy") === "yes",
      };
      await change<Job>(ownPath(schemaName, "clone"), body);
      changed();
      return `Started the clone of ${schemaName} to ${body.schemaName}`;
    },
  };
}
