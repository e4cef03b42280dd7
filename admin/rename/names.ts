// Renames objects that migrations named after the schema, such as an index "acme_user_id_idx": the next migration looks
// for them under the schema's current name. Tables, functions and types keep theirs: bodies and applications use them.

import { quoteName } from "../../src/sql/quote-name.ts";
import { readFingerprints } from "../inspect/fingerprint/fingerprint.ts";
import type { Reference } from "../inspect/reference/reference.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

const MOST_BYTES = 63;
const PART = /^(index|constraint|trigger|policy|rule|statistics) "(.+)"$/s;
const TABLE = / "(.+)"$/s;

/**
 * Plans the renaming of objects whose names the migrations derive from the schema's name. Sets the search_path of the
 * transaction.
 * @param made builds what the migrations create in a schema of another name; called only if a name may contain the
 *   schema's name
 * @returns commands to run after the schema was renamed
 */
export async function planNames(
  transaction: Transaction,
  [before, after]: readonly [before: string, after: string],
  made: () => Promise<{ readonly reference: Reference | undefined }>,
): Promise<readonly string[]> {
  const objects = (await readFingerprints(transaction, [before])).get(before) ?? [];
  if (!objects.some(({ part }) => PART.exec(part)?.[2]?.includes(before))) return [];
  const { reference } = await made();
  const have = new Set(objects.map(({ owner, part }) => `${owner}\n${part}`));
  const commands: string[] = [];
  const taken = new Set<string>();
  for (const { owner, part } of reference?.objects ?? []) {
    const [, kind = "", name = ""] = PART.exec(part) ?? [];
    const own = reference?.schemaName ?? "";
    if (!name.includes(own) || kind === "") continue;
    const fill = (text: string, schemaName: string): string => text.replaceAll(own, schemaName);
    const ownerNow = fill(owner, before);
    const next = cut(fill(name, after));
    const key = `${ownerNow}\n${kind} "${next}"`;
    if (!have.has(`${ownerNow}\n${fill(part, before)}`) || have.has(key) || taken.has(key))
      continue;
    taken.add(key);
    const table = TABLE.exec(ownerNow)?.[1] ?? "";
    commands.push(rename(kind, after, table, fill(name, before), next));
  }
  return commands;
}

function rename(kind: string, schema: string, table: string, from: string, to: string): string {
  const inSchema = (name: string): string => `${quoteName(schema)}.${quoteName(name)}`;
  const [old, next] = [quoteName(from), quoteName(to)];
  switch (kind) {
    case "index":
    case "statistics":
      return `alter ${kind} ${inSchema(from)} rename to ${next}`;
    case "constraint":
      return `alter table ${inSchema(table)} rename constraint ${old} to ${next}`;
    default:
      return `alter ${kind} ${old} on ${inSchema(table)} rename to ${next}`;
  }
}

/** Truncates a name as PostgreSQL does. Characters of a schema's name have one byte each. */
function cut(name: string): string {
  let result = name;
  while (Buffer.byteLength(result) > MOST_BYTES) result = result.slice(0, -1);
  return result;
}
