// Describes the differences between two schemas in words.

import { canonicalize, type Fingerprint, type SchemaObject } from "./fingerprint.ts";
import { findFormerNames, type Side } from "./former-names.ts";

interface Known {
  readonly object: SchemaObject;
  readonly canonical: string;
}

/**
 * Describes how a tenant's schema differs from the one that its version should have.
 * @returns a phrase for each difference, such as `table "data": column "note" text is not in version 2`
 */
export function describeDifferences(
  tenant: Side,
  reference: Side,
  version: number,
): readonly string[] {
  // A tenant may have the name of a column, so its name is replaced in the reference as well. The longer name comes
  // first, because it may contain the shorter one.
  const names = [tenant.schemaName, reference.schemaName].toSorted((a, b) => b.length - a.length);
  const former = findFormerNames(tenant, reference);
  const have = index(tenant.objects, names, former);
  const want = index(reference.objects, names);
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

function index(
  objects: Fingerprint,
  names: readonly string[],
  former: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, Known> {
  const canonical = (text: string): string => {
    let result = text;
    for (const [name, now] of former) result = result.replaceAll(name, now);
    for (const name of names) result = canonicalize(result, name);
    return result;
  };
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

/** Writes a definition on one line, of at most 200 characters. */
function tell(definition: string): string {
  const line = definition.replaceAll(/\s+/g, " ").trim();
  if (line === "") return "plain";
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
