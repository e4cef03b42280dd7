// The question before a move to another database.

import type { Job, MoveRequest, TenantDetail } from "../../api.ts";
import { change, ownPath } from "../client.ts";
import type { Question } from "../parts/dialog.ts";
import { databaseFields } from "../databases/database-field.ts";
import { element } from "../parts/element.ts";

/** Asks for the database. */
export function move({ schemaName, databases }: TenantDetail, changed: () => void): Question {
  return {
    title: `Move ${schemaName}`,
    text: element(
      "p",
      {},
      "Copies it to another database, which its clients follow. The service keeps answering reads; writes wait until the " +
        "copy is complete. An old copy stays here, suspended.",
    ),
    fields: databaseFields(databases),
    verb: "Move",
    pending: "Starting",
    async act(values) {
      const body: MoveRequest = { database: values.get("database") ?? "" };
      await change<Job>(ownPath(schemaName, "move"), body);
      changed();
      return `Started the move of ${schemaName} to ${body.database}`;
    },
  };
}
