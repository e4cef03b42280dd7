// In what one schema differs from another, in words.

import { canonicalize, type Fingerprint, type SchemaObject } from "./fingerprint.ts";

/** A schema's name and what it consists of. */
export interface Side {
  readonly schemaName: string;
  readonly objects: Fingerprint;
}

interface Known {
  readonly object: SchemaObject;
  readonly canonical: string;
}

/**
 * Tells in what a tenant's schema differs from the one that its version should have.
 * @returns a phrase for each difference, such as `table "data": column "note" text is not in version 2`
 */
export function describeDifferences(
  tenant: Side,
  reference: Side,
  version: number,
): readonly string[] {
  const have = index(tenant, tenant.schemaName);
  // A tenant may be called like a column: its name is replaced in what it should have as well.
  const want = index(reference, tenant.schemaName);
  const differences: string[] = [];
  for (const [key, { object, canonical }] of have) {
    const wanted = want.get(key);
    if (wanted?.canonical === canonical) continue;
    if (wanted === undefined) {
      if (isWithin(object, have, want)) continue;
      differences.push(`${say(object, true)} is not in version ${version}`);
      continue;
    }
    const should = tell(rename(wanted.object.definition, reference, tenant.schemaName));
    differences.push(
      `${say(object)} is ${tell(object.definition)}, in version ${version} it is ${should}`,
    );
  }
  for (const [key, { object }] of want) {
    if (have.has(key) || isWithin(object, want, have)) continue;
    differences.push(`${rename(say(object), reference, tenant.schemaName)} is missing`);
  }
  return differences;
}

/** Whether the whole object that this is a part of is on one side only. */
function isWithin(
  object: SchemaObject,
  here: ReadonlyMap<string, Known>,
  there: ReadonlyMap<string, Known>,
): boolean {
  if (object.part === "") return false;
  for (const [key, known] of here) {
    if (known.object.owner === object.owner && known.object.part === "") return !there.has(key);
  }
  return false;
}

function index({ schemaName, objects }: Side, alias: string): ReadonlyMap<string, Known> {
  const canonical = (text: string): string => canonicalize(canonicalize(text, schemaName), alias);
  return new Map(
    objects.map((object) => [
      canonical(`${object.owner}\n${object.part}`),
      { object, canonical: canonical(object.definition) },
    ]),
  );
}

function rename(text: string, { schemaName }: Side, to: string): string {
  return text.replaceAll(schemaName, to);
}

function say({ owner, part, definition }: SchemaObject, whole = false): string {
  if (part === "") return owner;
  const more = whole && part.startsWith("column ") ? ` ${tell(definition)}` : "";
  return `${owner}: ${part}${more}`;
}

/** On one line, and no longer than a line of a terminal or two. */
function tell(definition: string): string {
  const line = definition.replaceAll(/\s+/g, " ").trim();
  if (line === "") return "plain";
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
