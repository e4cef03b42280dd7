// A message as it stands, for tests that send what no tenant's tag would.

import type { Database } from "../../../src/database/database.ts";
import type { Results } from "../../../src/database/values/rows.ts";

/** Sends a text as one message, and gives the rows of all its statements. */
export async function sendText(database: Database, text: string): Promise<Results> {
  return (await database.send({ statements: [text] })).results;
}
