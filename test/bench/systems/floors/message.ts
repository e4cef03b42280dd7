// The text that Rowhouse sends to read a key, taken from Rowhouse itself: the floors send the same.

import { createApp } from "../../../../src/example/app.ts";
import type { Database } from "../../../../src/database/database.ts";
import { messageText } from "../../../../src/database/message.ts";
import { hostOf, schemaOf } from "../../names.ts";

/** Writes the message that reads a key of a tenant, both by their numbers. */
export type FormatMessage = (tenant: number, key: number) => string;

// Numbers that stand nowhere else in the text.
const TENANT = 987_654_321;
const KEY = 876_543_210;

/** The very text that Rowhouse sends. */
export async function recordMessage(): Promise<FormatMessage> {
  const parts = (await record()).split(schemaOf(TENANT)).map((part) => part.split(String(KEY)));
  return (tenant, key) => parts.map((part) => part.join(String(key))).join(schemaOf(tenant));
}

/**
 * The same statement with its settings written out, as `rowhouse.enter_tenant` makes them, and no look-up.
 * @param rolePrefix what stands before the schema in the name of the tenant's role
 */
export async function writeSettings(rolePrefix: string): Promise<FormatMessage> {
  const message = await recordMessage();
  return (tenant, key) => {
    const schema = schemaOf(tenant);
    const all = message(tenant, key).split(";");
    const statements = all.slice(all.findIndex((text) => text.includes("enter_tenant")) + 1);
    const settings = [
      "set_config('statement_timeout','10000',true)",
      `set_config('search_path','"${schema}", pg_temp',true)`,
      `set_config('role','${rolePrefix}${schema}',true)`,
    ];
    return `reset role;select ${settings.join(",")};${statements.join(";")}`;
  };
}

async function record(): Promise<string> {
  const sent: string[] = [];
  const database: Pick<Database, "send"> = {
    async send(message) {
      sent.push(messageText(message));
      throw new Error("Recorded");
    },
  };
  const app = createApp({});
  const headers = { host: hostOf(TENANT) };
  const request = new Request(`http://localhost/data/get/${KEY}`, { headers });
  await app.fetch(request, database as Database);
  const [message = ""] = sent;
  if (!message.includes(schemaOf(TENANT)) || !message.includes(String(KEY))) {
    throw new Error(`Cannot record a message: Rowhouse sends "${message}"`);
  }
  return message;
}
